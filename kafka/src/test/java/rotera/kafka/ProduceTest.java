package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rotera.kafka.records.RecordBatch;
import rotera.kafka.records.TestBatch;
import rotera.kafka.records.TestBatch.Sender;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.NamedStruct;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.Producer;

/** Produce requests, byte by byte. */
@Timeout(60)
final class ProduceTest {
    private static final Sender SENDER = new Sender(77, 0);
    private static final String LARGE = "x".repeat(150_000);

    @TempDir Path directory;
    private Broker broker;
    private RawClient client;

    @BeforeEach
    void start() throws IOException {
        Broker.make(directory, 1, "t", 1 << 20);
        broker = new Broker(directory);
        client = new RawClient(broker);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        broker.close();
    }

    @Test
    void aBatchIsKeptWholeAndAnsweredWithItsFirstOffset() throws IOException {
        assertThat(offset(TestBatch.of("a", "b"))).isZero();
        assertThat(offset(TestBatch.of("c"))).isEqualTo(2);
        assertThat(broker.texts(1)).containsExactly("a", "b", "c");
    }

    @Test
    void theLastFiveBatchesAreRecognised() throws IOException {
        for (int i = 0; i < 6; i++)
            assertThat(offset(TestBatch.of(SENDER, 2 * i, "x" + i, "y" + i))).isEqualTo(2L * i);
        for (int i = 1; i < 6; i++)
            assertThat(offset(TestBatch.of(SENDER, 2 * i, "x" + i, "y" + i))).isEqualTo(2L * i);
        assertThat(error(TestBatch.of(SENDER, 0, "x0", "y0")))
                .as("older than those")
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code);
        assertThat(broker.texts(1)).hasSize(12);
    }

    @Test
    void duplicatesAreRecognisedAfterARestart() throws IOException {
        assertThat(offset(TestBatch.of(SENDER, 0, "a", "b"))).isZero();
        assertThat(offset(TestBatch.of(SENDER, 2, "c"))).isEqualTo(2);
        client.close();
        broker.restart();
        client = new RawClient(broker);
        assertThat(offset(TestBatch.of(SENDER, 2, "c"))).isEqualTo(2);
        assertThat(offset(TestBatch.of(SENDER, 0, "a", "b"))).isZero();
        assertThat(offset(TestBatch.of(SENDER, 3, "d"))).isEqualTo(3);
        assertThat(broker.texts(1)).containsExactly("a", "b", "c", "d");
    }

    @Test
    void duplicatesAreToldTheTimeOfTheFirstPush() throws Exception {
        long first = time(TestBatch.of(SENDER, 0, "a", "b"));
        assertThat(first).isPositive();
        Thread.sleep(5);
        long second = time(TestBatch.of(SENDER, 2, "c"));
        assertThat(second).isGreaterThan(first);
        client.close();
        broker.restart();
        client = new RawClient(broker);
        assertThat(time(TestBatch.of(SENDER, 0, "a", "b"))).isEqualTo(first);
        assertThat(time(TestBatch.of(SENDER, 2, "c"))).isEqualTo(second);
        assertThat(broker.read(1)).extracting(Broker.Message::timeMillis).startsWith(first, first);
        for (int i = 0; i < 20; i++) broker.push(1, "x".repeat(100_000));
        assertThat(time(TestBatch.of(SENDER, 2, "c"))).as("of what was overwritten").isEqualTo(-1);
    }

    @Test
    void aGapInTheSequencesIsAnError() throws IOException {
        assertThat(offset(TestBatch.of(SENDER, 0, "a"))).isZero();
        assertThat(error(TestBatch.of(SENDER, 2, "c")))
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code);
        assertThat(offset(TestBatch.of(SENDER, 1, "b"))).isEqualTo(1);
        assertThat(broker.texts(1)).containsExactly("a", "b");
    }

    @Test
    void sequencesBeginAgainBehindTheLargest() throws IOException {
        push(new Producer(SENDER.id(), 0, Integer.MAX_VALUE));
        assertThat(error(TestBatch.of(SENDER, 1, "c")))
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code);
        assertThat(offset(TestBatch.of(SENDER, 0, "b"))).isEqualTo(1);
    }

    @Test
    void aLaterEpochFencesTheEarlierAndBeginsAtZero() throws IOException {
        Sender later = new Sender(SENDER.id(), 1);
        assertThat(offset(TestBatch.of(SENDER, 0, "a"))).isZero();
        assertThat(error(TestBatch.of(later, 6, "b")))
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code);
        assertThat(offset(TestBatch.of(later, 0, "b"))).isEqualTo(1);
        assertThat(error(TestBatch.of(SENDER, 1, "c")))
                .isEqualTo(Errors.INVALID_PRODUCER_EPOCH.code);
    }

    // ---- batches that are refused and come again

    /** What can be wrong with the first batch of a producer, which has the messages 0 and 1. */
    enum Fault {
        TOO_LARGE(Errors.MESSAGE_TOO_LARGE),
        TOO_LARGE_UNPACKED(Errors.MESSAGE_TOO_LARGE),
        DAMAGED(Errors.CORRUPT_MESSAGE),
        DOES_NOT_UNPACK(Errors.CORRUPT_MESSAGE),
        NOT_WELL_FORMED(Errors.INVALID_RECORD);

        private final Errors error;

        Fault(Errors error) {
            this.error = error;
        }

        byte[] first() throws IOException {
            String large = this == TOO_LARGE || this == TOO_LARGE_UNPACKED ? LARGE : "";
            TestBatch batch = TestBatch.of(SENDER, 0, "0" + large, "1" + large);
            if (this == TOO_LARGE_UNPACKED) batch.gzip();
            if (this == DOES_NOT_UNPACK) batch.attributes = 1;
            if (this == NOT_WELL_FORMED) batch.raw(new byte[] {1});
            byte[] bytes = batch.bytes();
            if (this == DAMAGED) bytes[bytes.length - 1] ^= 1;
            return bytes;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatFollowsARefusedFirstBatchWaitsForIt(Fault fault) throws IOException {
        byte[] second = TestBatch.of(SENDER, 2, "2").bytes();
        for (byte[] batch : List.of(fault.first(), second))
            client.send("Produce", 8, RawClient.produceRequest("t", 0, -1, batch));
        assertThat(RawClient.result(client.answer("Produce", 8)).number("errorCode"))
                .isEqualTo(fault.error.code);
        NamedStruct refused = RawClient.result(client.answer("Produce", 8));
        assertThat(refused.number("errorCode")).isEqualTo(Errors.UNKNOWN_PRODUCER_ID.code);
        assertThat(refused.number("logStartOffset")).isZero();
        assertThat(broker.texts(1)).isEmpty();

        // In halves, or as it was, and the second again; in any case each is kept once.
        assertThat(offset(TestBatch.of(SENDER, 0, "0"))).isZero();
        assertThat(error(TestBatch.of(SENDER, 2, "2")))
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code);
        assertThat(offset(TestBatch.of(SENDER, 1, "1"))).isEqualTo(1);
        assertThat(offset(TestBatch.of(SENDER, 2, "2"))).isEqualTo(2);
        assertThat(broker.texts(1)).containsExactly("0", "1", "2");
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedFirstBatchOfALaterEpochIsWaitedFor(Fault fault) throws IOException {
        assertThat(offset(TestBatch.of(new Sender(SENDER.id(), 0), 0, "before"))).isZero();
        Sender later = new Sender(SENDER.id(), 1);
        byte[] first = fault.first();
        if (fault != Fault.DAMAGED) first = TestBatch.withEpoch(first, 1);
        assertThat(client.produce("t", first).number("errorCode")).isEqualTo(fault.error.code);
        assertThat(error(TestBatch.of(later, 2, "2")))
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code);
        assertThat(offset(TestBatch.of(later, 0, "0", "1"))).isEqualTo(1);
        assertThat(offset(TestBatch.of(later, 2, "2"))).isEqualTo(3);
        assertThat(broker.texts(1)).containsExactly("before", "0", "1", "2");
    }

    /** The second came on another connection and is kept: a native client may leave gaps. */
    @Test
    void aBatchBeforeTheLastThatIsNotRememberedIsNoDuplicate() throws IOException {
        push(new Producer(SENDER.id(), 0, 2));
        assertThat(error(TestBatch.of(SENDER, 0, "0", "1")))
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code);
        assertThat(error(TestBatch.of(SENDER, 2, "x", "y")))
                .as("of another count")
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code);
        assertThat(broker.texts(1)).hasSize(1);
    }

    @Test
    void oneTopicOfARequestIsRefusedAndTheOtherIsKept() throws IOException {
        broker.server().create(2, CreateOptions.ofSize(1 << 20));
        NamedStruct request = RawClient.produceRequest("t", 0, -1, Fault.TOO_LARGE.first());
        byte[] good = TestBatch.of(SENDER, 0, "good").bytes();
        request.add("topics").set("name", "2").add("partitions").set("records", good);
        for (int i = 0; i < 2; i++) {
            List<NamedStruct> answer = client.ask("Produce", 8, request).structs("topics");
            assertThat(answer.get(0).structs("partitions").getFirst().number("errorCode"))
                    .isEqualTo(Errors.MESSAGE_TOO_LARGE.code);
            NamedStruct kept = answer.get(1).structs("partitions").getFirst();
            assertThat(kept.number("errorCode")).isZero();
            assertThat(kept.number("baseOffset")).isZero();
        }
        assertThat(offset(TestBatch.of(SENDER, 0, "0"))).isZero();
        assertThat(broker.texts(1)).containsExactly("0");
        assertThat(broker.texts(2)).containsExactly("good");
    }

    @Test
    void aRefusedBatchWithoutAnswerEndsTheConnectionAndNothingBehindItIsKept() throws Exception {
        for (byte[] batch : List.of(Fault.TOO_LARGE.first(), TestBatch.of(SENDER, 2, "2").bytes()))
            client.send("Produce", 8, RawClient.produceRequest("t", 0, 0, batch));
        assertThat(client.isClosed()).isTrue();
        client = new RawClient(broker);
        assertThat(broker.texts(1)).isEmpty();
        assertThat(offset(TestBatch.of(SENDER, 0, "0", "1"))).isZero();
    }

    @Test
    void aBatchThatComesAgainOverAnotherConnectionIsKeptOnce() throws IOException {
        for (int sequence : new int[] {0, 1, 2})
            client.send(
                    "Produce",
                    8,
                    RawClient.produceRequest(
                            "t", 0, -1, TestBatch.of(SENDER, sequence, "m" + sequence).bytes()));
        try (RawClient other = new RawClient(broker)) {
            for (int sequence : new int[] {0, 1, 2}) {
                byte[] batch = TestBatch.of(SENDER, sequence, "m" + sequence).bytes();
                assertThat(other.produce("t", batch).number("baseOffset")).isEqualTo(sequence);
            }
        }
        assertThat(broker.texts(1)).containsExactly("m0", "m1", "m2");
    }

    /** A queue of 1 MiB remembers 84 producers. */
    @Test
    void aProducerThatWasForgottenGoesOnUnderALaterEpoch() throws IOException {
        assertThat(offset(TestBatch.of(SENDER, 0, "a", "b"))).isZero();
        for (int i = 1; i <= 84; i++) push(new Producer(1000 + i, 0, 0));
        goesOnUnderALaterEpoch(86);
    }

    @Test
    void aProducerGoesOnInATopicThatWasMadeAnewUnderALaterEpoch() throws Exception {
        assertThat(offset(TestBatch.of(SENDER, 0, "a", "b"))).isZero();
        broker.server().delete(broker.server().queue(1).orElseThrow());
        broker.server().create(1, CreateOptions.ofSize(1 << 20).withName("t"));
        goesOnUnderALaterEpoch(0);
    }

    private void goesOnUnderALaterEpoch(long nextOffset) throws IOException {
        NamedStruct refused = client.produce("t", TestBatch.of(SENDER, 2, "c").bytes());
        assertThat(refused.number("errorCode")).isEqualTo(Errors.UNKNOWN_PRODUCER_ID.code);
        assertThat(refused.number("logStartOffset")).isZero();
        Sender later = new Sender(SENDER.id(), 1);
        assertThat(offset(TestBatch.of(later, 0, "c"))).isEqualTo(nextOffset);
        assertThat(offset(TestBatch.of(later, 1, "d"))).isEqualTo(nextOffset + 1);
    }

    /** Clients report a batch with this error as kept. */
    @Test
    void noErrorIsTakenForSuccess() {
        assertThat(Errors.values())
                .filteredOn(error -> error.code == 0 || error.code == 46)
                .containsExactly(Errors.NONE);
    }

    private void push(Producer producer) {
        try (Batch batch = new Batch()) {
            batch.add(new byte[0]).producer(producer);
            broker.file(1).push(batch);
            broker.file(1).commit();
        }
    }

    @Test
    void damagedBatchesAreRefusedAndNothingIsKept() throws IOException {
        byte[] good = TestBatch.of("a").bytes();
        for (int i = RecordBatch.AT_CHECKSUM; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            assertThat(client.produce("t", bad).number("errorCode"))
                    .as("byte %d", i)
                    .isEqualTo(Errors.CORRUPT_MESSAGE.code);
        }
        assertThat(broker.texts(1)).isEmpty();
    }

    @Test
    void batchesThatAreNotWellFormedAreRefused() throws IOException {
        TestBatch more = TestBatch.of("a");
        more.countTold = 2;
        assertInvalid(more);
        TestBatch fewer = TestBatch.of("a", "b");
        fewer.countTold = 1;
        assertInvalid(fewer);
        TestBatch none = new TestBatch();
        assertInvalid(none);
        TestBatch huge = TestBatch.of("a");
        huge.countTold = 1_000_000;
        assertInvalid(huge);
        assertInvalid(new TestBatch().raw(new byte[] {20, 0, 0, 0, 1, 1, 0}));
        assertInvalid(new TestBatch().raw(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}));
        assertInvalid(new TestBatch().raw(new byte[] {12, 0, 0, 0, 1, 100, 0}));
        assertInvalid(new TestBatch().raw(new byte[] {12, 0, 0, 2, 1, 0, 0}));
        assertInvalid(new TestBatch().raw(new byte[] {14, 0, 0, 0, 1, 0, 126, 0}));
        TestBatch transactional = TestBatch.of("a");
        transactional.attributes = RecordBatch.TRANSACTIONAL;
        assertInvalid(transactional);
        TestBatch old = TestBatch.of("a");
        old.format = 1;
        assertInvalid(old);
        assertThat(client.produce("t", new byte[3]).number("errorCode"))
                .isEqualTo(Errors.CORRUPT_MESSAGE.code);
        byte[] one = TestBatch.of("a").bytes();
        byte[] two = ByteBuffer.allocate(2 * one.length).put(one).put(one).array();
        assertThat(client.produce("t", two).number("errorCode"))
                .isEqualTo(Errors.INVALID_RECORD.code);
        assertThat(broker.texts(1)).isEmpty();
    }

    private void assertInvalid(TestBatch batch) throws IOException {
        assertThat(error(batch)).isEqualTo(Errors.INVALID_RECORD.code);
    }

    @Test
    void compressedRecordsAreBoundedByWhatTheQueueTakes() throws IOException {
        TestBatch bomb = new TestBatch();
        bomb.attributes = 1;
        java.io.ByteArrayOutputStream zipped = new java.io.ByteArrayOutputStream();
        try (java.util.zip.GZIPOutputStream gzip = new java.util.zip.GZIPOutputStream(zipped)) {
            for (int i = 0; i < 64; i++) gzip.write(new byte[1 << 20]);
        }
        bomb.raw(zipped.toByteArray());
        assertThat(error(bomb)).isEqualTo(Errors.MESSAGE_TOO_LARGE.code);
        assertThat(broker.listener().memory().takenBytes()).isLessThan(8 << 20);
        for (int codec = 1; codec <= 7; codec++) {
            TestBatch garbage = new TestBatch();
            garbage.attributes = codec;
            garbage.raw(
                    "no compressed bytes at all".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            assertThat(error(garbage))
                    .as("codec %d", codec)
                    .isEqualTo(
                            codec < 5
                                    ? Errors.CORRUPT_MESSAGE.code
                                    : Errors.UNSUPPORTED_COMPRESSION_TYPE.code);
        }
    }

    @Test
    void anAnnouncedSnappySizeTakesNoMemory() throws IOException {
        TestBatch lie = new TestBatch();
        lie.attributes = 2;
        lie.raw(new byte[] {-1, -1, -1, -1, 7, 0, 0, 0}); // 2 GiB
        assertThat(error(lie))
                .isIn((long) Errors.MESSAGE_TOO_LARGE.code, (long) Errors.CORRUPT_MESSAGE.code);
    }

    @Test
    void whatCannotBeAskedForIsRefused() throws IOException {
        byte[] batch = TestBatch.of("a").bytes();
        assertThat(client.produce("nobody", batch).number("errorCode"))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code);
        assertThat(client.produce("t", 1, 8, -1, batch).number("errorCode"))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code);
        assertThat(client.produce("t", 0, 8, 2, batch).number("errorCode"))
                .isEqualTo(Errors.INVALID_REQUIRED_ACKS.code);
        assertThat(client.produce("t", 0, 2, -1, batch).number("errorCode"))
                .isEqualTo(Errors.UNSUPPORTED_VERSION.code);
        assertThat(client.produce("t", 0, 3, 1, batch).number("errorCode")).isZero();
        assertThat(client.produce("1", 0, 7, 1, batch).number("baseOffset")).isEqualTo(1);
    }

    @Test
    void requestsThatComeTogetherAreAnsweredInOrder() throws IOException {
        for (int i = 0; i < 100; i++) {
            int acks = i % 3 == 0 ? 0 : -1;
            client.send(
                    "Produce",
                    7,
                    RawClient.produceRequest("t", 0, acks, TestBatch.of("m" + i).bytes()));
        }
        client.send("Metadata", 1, RawClient.request("Metadata"));
        for (int i = 0; i < 100; i++) {
            if (i % 3 == 0) continue;
            NamedStruct answer = client.answer("Produce", 7);
            NamedStruct result =
                    answer.structs("topics").getFirst().structs("partitions").getFirst();
            assertThat(result.number("baseOffset")).isEqualTo(i);
        }
        assertThat(client.answer("Metadata", 1).structs("brokers")).hasSize(1);
        assertThat(broker.texts(1)).hasSize(100);
    }

    @Test
    void fetchedBatchesHaveTheirChecksumsAndTimes() throws IOException {
        broker.push(1, "a", "b");
        NamedStruct answer = client.ask("Fetch", 11, RawClient.fetchRequest("t", 1, 1 << 20));
        NamedStruct result = answer.structs("topics").getFirst().structs("partitions").getFirst();
        assertThat(result.number("highWatermark")).isEqualTo(2);
        assertThat(result.number("lastStableOffset")).isEqualTo(2);
        byte[] batch = result.bytes("records");
        ByteBuffer view = ByteBuffer.wrap(batch);
        assertThat(view.getLong(0)).isEqualTo(1);
        assertThat(view.getInt(RecordBatch.AT_LENGTH)).isEqualTo(batch.length - 12);
        CRC32C crc = new CRC32C();
        crc.update(batch, 21, batch.length - 21);
        assertThat(view.getInt(RecordBatch.AT_CHECKSUM)).isEqualTo((int) crc.getValue());
        assertThat(view.getShort(RecordBatch.AT_ATTRIBUTES)).isEqualTo((short) 8);
        assertThat(view.getInt(RecordBatch.AT_COUNT)).isEqualTo(1);
        assertThat(view.getLong(RecordBatch.AT_LARGEST_TIME))
                .isEqualTo(broker.read(1).get(1).timeMillis());
    }

    private long offset(TestBatch batch) throws IOException {
        NamedStruct result = client.produce("t", batch.bytes());
        assertThat(result.number("errorCode")).isZero();
        return result.number("baseOffset");
    }

    private long time(TestBatch batch) throws IOException {
        NamedStruct result = client.produce("t", batch.bytes());
        assertThat(result.number("errorCode")).isZero();
        return result.number("logAppendTimeMillis");
    }

    private long error(TestBatch batch) throws IOException {
        NamedStruct result = client.produce("t", batch.bytes());
        assertThat(result.number("baseOffset")).isEqualTo(-1);
        assertThat(result.number("logAppendTimeMillis")).isEqualTo(-1);
        assertThat(result.isNull("errorMessage")).isFalse();
        return result.number("errorCode");
    }
}
