package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.protocol.ErrorReply;
import rotera.protocol.Frame;
import rotera.protocol.Hello;
import rotera.protocol.QueueInfo;
import rotera.protocol.QueueInfoCodec;
import rotera.queue.CreateOptions;
import rotera.queue.QueueException;
import rotera.queue.RotFile;

/** docs/protocol.md, part two, frame by frame. */
final class OwnProtocolTest {
    private static final byte[] NOTHING = new byte[0];

    @TempDir Path directory;
    private Server server;
    private OwnClient client;

    @BeforeEach
    void start() throws IOException {
        RotFile.create(
                directory.resolve("1.rot"), CreateOptions.ofSize(1 << 20).withName("orders"));
        RotFile.create(directory.resolve("2.rot"), CreateOptions.ofSize(1 << 20));
        server = Server.start(ServerOptions.of(directory).withPort(0));
        client = new OwnClient(server);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
    }

    @Test
    void helloTellsVersionLimitsAndToken() throws IOException {
        assertThat(client.hello.version()).isEqualTo(1);
        assertThat(client.hello.producerToken()).isEqualTo(OwnClient.TOKEN);
        assertThat(client.hello.maxPushMessages()).isEqualTo(1 << 20);
        assertThat(client.hello.maxFrameBytes()).isGreaterThan(64 << 20);
        assertThat(client.hello.rememberedPushes()).isEqualTo(5);
        try (OwnClient other = new OwnClient(server, 0);
                OwnClient third = new OwnClient(server, 0)) {
            assertThat(other.hello.producerToken()).isNotZero();
            assertThat(other.hello.producerToken()).isNotEqualTo(third.hello.producerToken());
        }
    }

    @Test
    void credentialsAreReadAndIgnored() throws IOException {
        try (Client plain = new Client(server)) {
            plain.send(OwnClient.hello(new Hello(1, 3, 5, 9)), new byte[5], OwnClient.ping(1, 4));
            byte[] head = plain.receiveBytes(Frame.HEAD_BYTES);
            int bytes = (int) Frame.bytes(MemorySegment.ofArray(head), 0);
            plain.receiveBytes(bytes - Frame.HEAD_BYTES);
            assertThat(plain.receiveBytes(Frame.PONG_BYTES)[Frame.AT_TAG]).isEqualTo((byte) 4);
        }
    }

    @Test
    void versionsWithoutACommonOneAreRefused() throws IOException {
        try (Client plain = new Client(server)) {
            plain.send(OwnClient.hello(new Hello(2, 3, 0, 9)));
            MemorySegment reply = MemorySegment.ofArray(plain.rest());
            assertThat(Frame.code(reply, 0)).isEqualTo(ErrorReply.NO_COMMON_VERSION);
            assertThat(ErrorReply.decode(reply, 0, (int) reply.byteSize()))
                    .hasMessageContaining("2 to 3");
        }
    }

    @Test
    void tooManyCredentialsCloseTheConnection() throws IOException {
        try (Client plain = new Client(server)) {
            plain.send(OwnClient.hello(new Hello(1, 1, 4097, 9)));
            assertThat(plain.rest()).isEmpty();
        }
    }

    @Test
    void bothProtocolsSeeTheSameQueue() throws IOException {
        try (Client original = new Client(server)) {
            original.send(Client.push(1, "a"), Client.commit(1));
            assertThat(original.status()).isEqualTo(1);
            client.send(OwnClient.push(1, 5, "b", "c"), OwnClient.commit(1, 6));
            OwnClient.Reply pushed = client.reply().ok();
            assertThat(pushed.u64(Frame.AT_FIRST_ID)).isEqualTo(1);
            assertThat(pushed.tag()).isEqualTo(5);
            OwnClient.Reply committed = client.reply().ok();
            assertThat(committed.u64(Frame.AT_NEXT)).isEqualTo(3);
            assertThat(committed.tag()).isEqualTo(6);
            original.send(Client.read(1, 10, 0));
            assertThat(original.batch().messages()).containsExactly("a", "b", "c");
            client.send(OwnClient.read(1, 7, Frame.FROM_ID, 0, 10));
            assertThat(client.reply().texts()).containsExactly("a", "b", "c");
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        byte[][] requests = new byte[300][];
        for (int i = 0; i < 300; i++) {
            requests[i] =
                    switch (i % 3) {
                        case 0 -> OwnClient.push(1, i, "m" + i);
                        case 1 -> OwnClient.commit(1, i);
                        default -> OwnClient.ping(1, i);
                    };
        }
        client.send(requests);
        for (int i = 0; i < 300; i++) {
            OwnClient.Reply reply = client.reply().ok();
            assertThat(reply.tag()).isEqualTo(i);
            if (i % 3 == 0) assertThat(reply.u64(Frame.AT_FIRST_ID)).isEqualTo(i / 3);
            if (i % 3 == 1) assertThat(reply.u64(Frame.AT_NEXT)).isGreaterThan(i / 3);
        }
    }

    @Test
    void commitsOfSeveralQueuesKeepTheOrder() throws IOException {
        client.send(
                OwnClient.push(1, 1, "a"),
                OwnClient.commit(1, 2),
                OwnClient.push(2, 3, "b"),
                OwnClient.commit(2, 4),
                OwnClient.push(1, 5, "c"),
                OwnClient.commit(1, 6));
        for (int tag = 1; tag <= 6; tag++) assertThat(client.reply().ok().tag()).isEqualTo(tag);
    }

    @Test
    void anEmptyPushTellsTheNextId() throws IOException {
        client.send(OwnClient.push(1, 1, "a"), OwnClient.push(1, 2));
        client.reply().ok();
        assertThat(client.reply().ok().u64(Frame.AT_FIRST_ID)).isEqualTo(1);
    }

    @Test
    void readsTellOldestNextAndSkipped() throws IOException {
        String large = "x".repeat(10_000);
        for (int i = 0; i < 300; i++) {
            client.send(OwnClient.push(1, i, large + i), OwnClient.commit(1, i));
            client.reply().ok();
            client.reply().ok();
        }
        client.send(OwnClient.read(1, 1, Frame.FROM_ID, 0, 1));
        OwnClient.Reply reply = client.reply().ok();
        long oldest = reply.u64(Frame.AT_OLDEST);
        assertThat(oldest).isPositive();
        assertThat(reply.u64(Frame.AT_BATCH_NEXT)).isEqualTo(300);
        assertThat(reply.u64(Frame.AT_BATCH_FIRST)).isEqualTo(oldest);
        assertThat(reply.u64(Frame.AT_BATCH_SKIPPED)).isEqualTo(oldest);
        assertThat(reply.texts().getFirst()).isEqualTo(large + oldest);
        client.send(
                OwnClient.read(1, 2, Frame.FROM_OLDEST, 0, 1),
                OwnClient.read(1, 3, Frame.FROM_END, 0, 1),
                OwnClient.read(1, 4, Frame.FROM_TIME, 0, 1),
                OwnClient.read(1, 5, Frame.FROM_TIME, Long.MAX_VALUE, 1),
                OwnClient.read(1, 6, Frame.FROM_ID, 1000, 1));
        OwnClient.Reply fromOldest = client.reply().ok();
        assertThat(fromOldest.u64(Frame.AT_BATCH_FIRST)).isEqualTo(oldest);
        assertThat(fromOldest.u64(Frame.AT_BATCH_SKIPPED)).isZero();
        OwnClient.Reply fromEnd = client.reply().ok();
        assertThat(fromEnd.u64(Frame.AT_BATCH_FIRST)).isEqualTo(300);
        assertThat(fromEnd.texts()).isEmpty();
        assertThat(client.reply().ok().u64(Frame.AT_BATCH_FIRST)).isEqualTo(oldest);
        assertThat(client.reply().ok().u64(Frame.AT_BATCH_FIRST)).isEqualTo(300);
        assertThat(client.reply().ok().u64(Frame.AT_BATCH_FIRST)).isEqualTo(1000);
    }

    @Test
    void aStreamBeginsAtOnceGoesOnAndEnds() throws IOException {
        client.send(OwnClient.stream(1, 9, Frame.FROM_ID, 0, 3), OwnClient.ping(1, 10));
        OwnClient.Reply first = client.reply().ok();
        assertThat(first.texts()).isEmpty();
        assertThat(first.flags() & Frame.LAST).isZero();
        try (OwnClient pusher = new OwnClient(server)) {
            for (String message : List.of("a", "b", "c", "d")) {
                pusher.send(OwnClient.push(1, 0, message), OwnClient.commit(1, 0));
                pusher.reply().ok();
                pusher.reply().ok();
            }
        }
        List<String> got = new ArrayList<>();
        OwnClient.Reply reply;
        do {
            reply = client.reply();
            assertThat(reply.tag()).isEqualTo(9);
            got.addAll(reply.texts());
        } while ((reply.flags() & Frame.LAST) == 0);
        assertThat(got).startsWith("a", "b", "c");
        assertThat(client.reply().ok().tag()).isEqualTo(10);
    }

    @Test
    void aStreamOfNothingEndsAtOnce() throws IOException {
        client.send(OwnClient.stream(1, 9, Frame.FROM_END, 0, 0), OwnClient.ping(1, 10));
        assertThat(client.reply().ok().flags() & Frame.LAST).isEqualTo(Frame.LAST);
        assertThat(client.reply().ok().kind()).isEqualTo(Frame.PING);
    }

    @Test
    void queuesHaveNamesAndDescriptions() throws IOException {
        client.send(
                OwnClient.push(1, 0, "a"),
                OwnClient.commit(1, 0),
                OwnClient.frame(
                        Frame.DESCRIBE,
                        Frame.BY_NAME,
                        0,
                        3,
                        "orders".getBytes(StandardCharsets.UTF_8)),
                OwnClient.frame(Frame.DESCRIBE, 0, 2, 4, NOTHING),
                OwnClient.frame(Frame.LIST, 0, 0, 5, NOTHING));
        client.reply().ok();
        client.reply().ok();
        OwnClient.Reply described = client.reply().ok();
        MemorySegment frame = described.frame();
        QueueInfo orders = QueueInfoCodec.decode(frame, Frame.HEAD_BYTES, frame.byteSize());
        assertThat(orders.number()).isEqualTo(1);
        assertThat(orders.file().name()).isEqualTo("orders");
        assertThat(orders.file().committed().id()).isEqualTo(1);
        assertThat(orders.file().oldestTime()).isPresent();
        assertThat(orders.pushRate()).isPositive();
        assertThat(Frame.queue(frame, 0)).isEqualTo(1);
        MemorySegment second = client.reply().ok().frame();
        QueueInfo unnamed = QueueInfoCodec.decode(second, Frame.HEAD_BYTES, second.byteSize());
        assertThat(unnamed.file().name()).isEmpty();
        assertThat(unnamed.file().oldestTime()).isEmpty();
        assertThat(unnamed.file().uniqueId()).isNotEqualTo(orders.file().uniqueId());
        MemorySegment list = client.reply().ok().frame();
        assertThat(Frame.u32(list, Frame.HEAD_BYTES)).isEqualTo(2);
        long at = Frame.HEAD_BYTES + 4;
        QueueInfo one = QueueInfoCodec.decode(list, at, list.byteSize());
        at += QueueInfoCodec.bytes(list, at, list.byteSize());
        QueueInfo two = QueueInfoCodec.decode(list, at, list.byteSize());
        assertThat(one.file().uniqueId()).isEqualTo(orders.file().uniqueId());
        assertThat(two.file().uniqueId()).isEqualTo(unnamed.file().uniqueId());
    }

    @Test
    void aNameThatTwoHaveIsRefused() throws Exception {
        RotFile.create(
                directory.resolve("3.rot"), CreateOptions.ofSize(1 << 20).withName("orders"));
        for (int tries = 0; ; tries++) {
            client.send(OwnClient.ping(3, 0));
            if (client.reply().code() == 0) break;
            assertThat(tries).isLessThan(1000);
            Thread.sleep(10);
        }
        client.send(
                OwnClient.frame(
                        Frame.DESCRIBE,
                        Frame.BY_NAME,
                        0,
                        3,
                        "orders".getBytes(StandardCharsets.UTF_8)));
        assertThat(client.reply().error())
                .isInstanceOf(QueueException.UnknownQueueException.class)
                .hasMessageContaining("1, 3");
    }

    // ---- pushing again

    @Test
    void whatIsPushedAgainIsKeptOnce() throws IOException {
        client.send(
                OwnClient.push(1, 1, 0, "a", "b"),
                OwnClient.push(1, 2, 2, "c"),
                OwnClient.push(1, 3, 0, "a", "b"),
                OwnClient.commit(1, 4),
                OwnClient.frame(Frame.LAST_PUSH, 0, 1, 5, NOTHING),
                OwnClient.frame(Frame.LAST_PUSH, 0, 2, 6, NOTHING));
        assertThat(client.reply().ok().u64(Frame.AT_FIRST_ID)).isZero();
        assertThat(client.reply().ok().u64(Frame.AT_FIRST_ID)).isEqualTo(2);
        assertThat(client.reply().ok().u64(Frame.AT_FIRST_ID)).isZero();
        assertThat(client.reply().ok().u64(Frame.AT_NEXT)).isEqualTo(3);
        MemorySegment last = client.reply().ok().frame();
        assertThat(Frame.u32(last, Frame.AT_KNOWN)).isEqualTo(1);
        assertThat(Frame.u32(last, Frame.AT_LAST_SEQUENCE)).isEqualTo(2);
        assertThat(Frame.u32(client.reply().ok().frame(), Frame.AT_KNOWN)).isZero();
        server.close();
        server = Server.start(ServerOptions.of(directory).withPort(0));
        try (OwnClient again = new OwnClient(server)) {
            again.send(OwnClient.push(1, 1, 2, "c"), OwnClient.push(1, 2, 3, "d"));
            assertThat(again.reply().ok().u64(Frame.AT_FIRST_ID)).isEqualTo(2);
            assertThat(again.reply().ok().u64(Frame.AT_FIRST_ID)).isEqualTo(3);
        }
    }

    @Test
    void whatIsOlderThanTheRememberedPushesIsRefused() throws IOException {
        for (int i = 0; i < 7; i++) client.send(OwnClient.push(1, i, i, "m" + i));
        client.send(OwnClient.push(1, 7, 1, "m1"), OwnClient.push(1, 8, 2, "m2"));
        for (int i = 0; i < 7; i++) client.reply().ok();
        assertThat(client.reply().error())
                .isInstanceOf(QueueException.OutOfOrderException.class)
                .hasMessageContaining("sequence 7 was expected");
        assertThat(client.reply().ok().u64(Frame.AT_FIRST_ID)).isEqualTo(2);
    }

    // ---- errors

    @Test
    void unknownQueuesAreErrorsOfTheirRequestOnly() throws IOException {
        client.send(
                OwnClient.ping(7, 1),
                OwnClient.push(7, 2, "x".repeat(2_000_000)),
                OwnClient.commit(7, 3),
                OwnClient.read(7, 4, 0, 0, 1),
                OwnClient.stream(7, 5, 0, 0, 1),
                OwnClient.frame(Frame.DESCRIBE, 0, 7, 6, NOTHING),
                OwnClient.frame(Frame.DESCRIBE, Frame.BY_NAME, 0, 7, new byte[] {'x'}),
                OwnClient.frame(Frame.LAST_PUSH, 0, 7, 8, NOTHING),
                OwnClient.ping(1, 9));
        for (int tag = 1; tag <= 8; tag++) {
            OwnClient.Reply reply = client.reply();
            assertThat(reply.tag()).isEqualTo(tag);
            assertThat(reply.code()).isEqualTo(ErrorReply.UNKNOWN_QUEUE);
        }
        assertThat(client.reply().ok().tag()).isEqualTo(9);
    }

    @Test
    void unknownKindsDoNoHarm() throws IOException {
        client.send(
                OwnClient.frame(99, 0xff, 1, 1, new byte[1000]),
                OwnClient.frame(Frame.HELLO, 0, 1, 2, NOTHING),
                OwnClient.ping(1, 3));
        assertThat(client.reply().code()).isEqualTo(ErrorReply.UNKNOWN_KIND);
        assertThat(client.reply().code()).isEqualTo(ErrorReply.UNKNOWN_KIND);
        assertThat(client.reply().ok().tag()).isEqualTo(3);
    }

    @Test
    void pushesBeyondTheLimitsAreRefusedAndTheNextOnesTaken() throws IOException {
        byte[] tooMany = OwnClient.push(1, 3, "a");
        Frame.u32(MemorySegment.ofArray(tooMany), Frame.AT_PUSH_MESSAGES, (1 << 20) + 1);
        client.send(
                OwnClient.push(1, 1, "x".repeat(300_000)),
                OwnClient.push(1, 2, "y".repeat(200_000), "z".repeat(200_000)),
                tooMany,
                OwnClient.push(1, 4, "a"));
        assertThat(client.reply().code()).isEqualTo(ErrorReply.PUSH_TOO_LARGE);
        assertThat(client.reply().error())
                .isInstanceOf(QueueException.BatchTooLargeException.class)
                .hasMessageContaining("400008");
        assertThat(client.reply().error()).hasMessageContaining("1048577 messages");
        assertThat(client.reply().ok().u64(Frame.AT_FIRST_ID)).isZero();
    }

    @Test
    void nothingBehindADamagedPushIsKeptBeforeItComesAgain() throws IOException {
        byte[] damaged = OwnClient.push(1, 1, 0, "hello");
        damaged[damaged.length - 1] ^= 1;
        client.send(damaged, OwnClient.push(1, 2, 1, "a"), OwnClient.commit(1, 3));
        assertThat(client.reply().error())
                .isInstanceOf(QueueException.ChecksumMismatchException.class);
        assertThatThrownBy(client::reply).isInstanceOf(AssertionError.class);
        try (OwnClient again = new OwnClient(server)) {
            again.send(
                    OwnClient.push(1, 1, 0, "hello"),
                    OwnClient.push(1, 2, 1, "a"),
                    OwnClient.commit(1, 3));
            assertThat(again.reply().ok().u64(Frame.AT_FIRST_ID)).isZero();
            assertThat(again.reply().ok().u64(Frame.AT_FIRST_ID)).isEqualTo(1);
            assertThat(again.reply().ok().u64(Frame.AT_NEXT)).isEqualTo(2);
        }
    }

    @Test
    void aRefusedPushThatComesAgainBehindALaterOneIsOutOfOrder() throws IOException {
        client.send(
                OwnClient.push(1, 1, 0, "x".repeat(300_000)),
                OwnClient.push(1, 2, 1, "b"),
                OwnClient.push(1, 3, 0, "a"),
                OwnClient.push(1, 4, 2, "a"));
        assertThat(client.reply().error())
                .isInstanceOf(QueueException.BatchTooLargeException.class);
        assertThat(client.reply().ok().u64(Frame.AT_FIRST_ID)).isZero();
        assertThat(client.reply().error())
                .isInstanceOfSatisfying(
                        QueueException.OutOfOrderException.class,
                        e -> assertThat(e.expectedSequence()).isEqualTo(2));
        assertThat(client.reply().ok().u64(Frame.AT_FIRST_ID)).isEqualTo(1);
    }

    @Test
    void malformedRequestsAreErrors() throws IOException {
        byte[] wrongCount = OwnClient.push(1, 1, "hello", "you");
        Frame.u32(MemorySegment.ofArray(wrongCount), Frame.AT_PUSH_MESSAGES, 1);
        byte[] manyCount = OwnClient.push(1, 2, "hello");
        Frame.u32(MemorySegment.ofArray(manyCount), Frame.AT_PUSH_MESSAGES, 1000);
        byte[] envelope = OwnClient.push(1, 3, "\u00ff\u00ff\u00ff");
        envelope[Frame.AT_FLAGS] = Frame.ENVELOPES;
        client.send(
                wrongCount,
                manyCount,
                envelope,
                OwnClient.frame(Frame.PUSH, 0, 1, 4, NOTHING),
                OwnClient.frame(Frame.READ, 0, 1, 5, NOTHING),
                OwnClient.frame(Frame.STREAM, 0, 1, 6, NOTHING),
                OwnClient.read(1, 7, Frame.FROM_ID, -1, 1),
                OwnClient.push(1, 8, "a"));
        for (int tag = 1; tag <= 7; tag++) {
            OwnClient.Reply reply = client.reply();
            assertThat(reply.tag()).isEqualTo(tag);
            assertThat(reply.code()).as("tag %d", tag).isEqualTo(ErrorReply.MALFORMED);
        }
        assertThat(client.reply().ok().u64(Frame.AT_FIRST_ID)).isZero();
    }

    @Test
    void framesOfImpossibleLengthsCloseTheConnection() throws IOException {
        for (int bytes : new int[] {0, 15, (64 << 10) + 1, Integer.MAX_VALUE, -1}) {
            try (OwnClient other = new OwnClient(server)) {
                byte[] frame = OwnClient.ping(1, 1);
                Frame.u32(MemorySegment.ofArray(frame), Frame.AT_BYTES, bytes);
                other.send(frame);
                assertThat(other.reply().code()).isEqualTo(ErrorReply.MALFORMED);
                assertThat(other.client.rest()).isEmpty();
            }
        }
    }

    @Test
    void aStreamIsToldThatTheServerEnds() throws IOException {
        client.send(OwnClient.stream(1, 9, Frame.FROM_OLDEST, 0, 100));
        assertThat(client.reply().texts()).isEmpty();
        server.close();
        assertThat(client.reply().error()).isInstanceOf(QueueException.ShuttingDownException.class);
        assertThat(client.client.rest()).isEmpty();
    }

    @Test
    void damageEndsAStreamAndTellsWhereItGoesOn() throws IOException {
        client.send(
                OwnClient.push(1, 1, "first"),
                OwnClient.push(1, 2, "to be damaged"),
                OwnClient.push(1, 3, "third"),
                OwnClient.commit(1, 4));
        for (int i = 0; i < 4; i++) client.reply().ok();
        Path file = directory.resolve("1.rot");
        byte[] bytes = Files.readAllBytes(file);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("to be damaged");
        bytes[at] ^= 1;
        Files.write(file, bytes);
        client.send(OwnClient.stream(1, 9, Frame.FROM_ID, 0, 100), OwnClient.ping(1, 10));
        List<String> got = new ArrayList<>();
        OwnClient.Reply reply = client.reply();
        for (; reply.code() == 0; reply = client.reply()) got.addAll(reply.texts());
        assertThat(got).containsExactly("first");
        QueueException.CorruptMessageException error =
                (QueueException.CorruptMessageException) reply.error();
        assertThat(error.id()).isEqualTo(1);
        assertThat(error.resumeId()).isEqualTo(2);
        assertThat(client.reply().ok().tag()).isEqualTo(10);
        client.send(OwnClient.read(1, 11, 0, 1, 1), OwnClient.read(1, 12, 0, 2, 1));
        assertThat(client.reply().code()).isEqualTo(ErrorReply.CORRUPT);
        assertThat(client.reply().texts()).containsExactly("third");
    }

    @Test
    void manyMessagesComeBackAsTheyWere() throws IOException {
        Random random = new Random(1);
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String[] messages = new String[1 + random.nextInt(50)];
            for (int m = 0; m < messages.length; m++) {
                messages[m] = "x".repeat(random.nextInt(200)) + i + "." + m;
                sent.add(messages[m]);
            }
            client.send(OwnClient.push(1, i, messages));
        }
        client.send(OwnClient.commit(1, 100));
        for (int i = 0; i < 51; i++) client.reply().ok();
        client.send(OwnClient.stream(1, 1, Frame.FROM_ID, 0, sent.size()));
        List<String> got = new ArrayList<>();
        OwnClient.Reply reply;
        do {
            reply = client.reply();
            got.addAll(reply.texts());
        } while ((reply.flags() & Frame.LAST) == 0);
        assertThat(got).isEqualTo(sent);
    }

    @Test
    void thousandsOfRequestsInOneSegmentAreAllAnswered() throws IOException {
        int count = 5000;
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int tag = 0; tag < count; tag++)
            all.writeBytes(
                    tag % 2 == 0 ? OwnClient.ping(1, tag) : OwnClient.push(1, tag, "one of many"));
        try (OwnClient client = new OwnClient(server)) {
            client.send(all.toByteArray());
            for (int tag = 0; tag < count; tag++)
                assertThat(client.reply().ok().tag()).isEqualTo(tag);
        }
    }

    @Test
    void errorsCrossTheWireUnchanged() {
        for (QueueException error :
                List.of(
                        new QueueException.UnknownQueueException("no such queue"),
                        new QueueException.MessageTooLargeException(5, 4),
                        QueueException.BatchTooLargeException.ofMessages(5, 4),
                        QueueException.BatchTooLargeException.ofBytes(5, 4),
                        new QueueException.ChecksumMismatchException("other"),
                        new QueueException.CorruptMessageException(5, 7, 4096, "damaged"),
                        new QueueException.QueueFailedException("failed", null),
                        new QueueException.ShuttingDownException("ends"),
                        new QueueException.OutOfOrderException("again", 7),
                        new QueueException.ProducerFencedException("fenced"),
                        new QueueException.FileGoneException("gone"),
                        new QueueException.NameTakenException("taken"),
                        new QueueException.StorageException("device", null),
                        new QueueException.ServerErrorException("strange"))) {
            MemorySegment frame = MemorySegment.ofArray(new byte[ErrorReply.MAX_BYTES]);
            int bytes = ErrorReply.encode(frame, 0, Frame.READ, 5, 6, error);
            QueueException back = ErrorReply.decode(frame, 0, bytes);
            assertThat(back).hasSameClassAs(error).hasMessage(error.getMessage());
            if (back instanceof QueueException.OutOfOrderException other)
                assertThat(other.expectedSequence()).isEqualTo(7);
            if (back instanceof QueueException.CorruptMessageException corrupt)
                assertThat(corrupt.resumeId()).isEqualTo(7);
        }
        assertThatThrownBy(() -> QueueInfoCodec.decode(MemorySegment.ofArray(NOTHING), 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
