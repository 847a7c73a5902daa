package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.kafka.TestBatch.Sender;

/** Produce requests, byte by byte. */
@Timeout(60)
final class ProduceTest {
    private static final Sender SENDER = new Sender(77, 0);

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
        assertThat(offset(TestBatch.of(SENDER, 40, "a"))).as("nothing is known yet").isZero();
        assertThat(error(TestBatch.of(SENDER, 42, "c")))
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code);
        assertThat(offset(TestBatch.of(SENDER, 41, "b"))).isEqualTo(1);
        assertThat(broker.texts(1)).containsExactly("a", "b");
    }

    @Test
    void sequencesBeginAgainBehindTheLargest() throws IOException {
        assertThat(offset(TestBatch.of(SENDER, Integer.MAX_VALUE, "a"))).isZero();
        assertThat(error(TestBatch.of(SENDER, 1, "c")))
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code);
        assertThat(offset(TestBatch.of(SENDER, 0, "b"))).isEqualTo(1);
    }

    @Test
    void aLaterEpochFencesTheEarlierAndBeginsAtZero() throws IOException {
        Sender later = new Sender(77, 1);
        assertThat(offset(TestBatch.of(SENDER, 5, "a"))).isZero();
        assertThat(error(TestBatch.of(later, 6, "b")))
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER.code);
        assertThat(offset(TestBatch.of(later, 0, "b"))).isEqualTo(1);
        assertThat(error(TestBatch.of(SENDER, 6, "c")))
                .isEqualTo(Errors.INVALID_PRODUCER_EPOCH.code);
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
            Struct answer = client.answer("Produce", 7);
            Struct result = answer.structs("topics").getFirst().structs("partitions").getFirst();
            assertThat(result.number("baseOffset")).isEqualTo(i);
        }
        assertThat(client.answer("Metadata", 1).structs("brokers")).hasSize(1);
        assertThat(broker.texts(1)).hasSize(100);
    }

    @Test
    void fetchedBatchesHaveTheirChecksumsAndTimes() throws IOException {
        broker.push(1, "a", "b");
        Struct answer = client.ask("Fetch", 11, RawClient.fetchRequest("t", 1, 1 << 20));
        Struct result = answer.structs("topics").getFirst().structs("partitions").getFirst();
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
        Struct result = client.produce("t", batch.bytes());
        assertThat(result.number("errorCode")).isZero();
        return result.number("baseOffset");
    }

    private long time(TestBatch batch) throws IOException {
        Struct result = client.produce("t", batch.bytes());
        assertThat(result.number("errorCode")).isZero();
        return result.number("logAppendTimeMillis");
    }

    private long error(TestBatch batch) throws IOException {
        Struct result = client.produce("t", batch.bytes());
        assertThat(result.number("baseOffset")).isEqualTo(-1);
        assertThat(result.number("logAppendTimeMillis")).isEqualTo(-1);
        assertThat(result.isNull("errorMessage")).isFalse();
        return result.number("errorCode");
    }
}
