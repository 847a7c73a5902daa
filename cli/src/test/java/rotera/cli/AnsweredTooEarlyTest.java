package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import rotera.cli.Program.ServerProcess;
import rotera.cli.RecordedServer.Claim;
import rotera.cli.RecordedServer.Connection;
import rotera.protocol.Frame;
import rotera.protocol.Hello;
import rotera.protocol.QueueInfoCodec;
import rotera.protocol.Reply;
import rotera.protocol.Request;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/**
 * No listener of the real server answers before a sync that began after the write: seen below the
 * system calls, where syncs are slow, writes short, and some syncs fail. And each rule behind that,
 * broken in a copy of the sources, is found.
 */
@Tag("slow")
final class AnsweredTooEarlyTest {
    private static final int ROUNDS = Integer.getInteger("rotera.rounds", 12);

    /** Syncs take long enough for an answer that does not wait for them to leave before. */
    private static final String SLOW =
            "sync,,slow,0,1,1000000,15;write,.rot,short,20,7,1000000,100";

    private static final String FAILING =
            "sync,7.rot,fail,8,1,1,5;sync,kafka.offsets,fail,8,1,1,5;" + SLOW;

    @TempDir private Path directory;

    @BeforeEach
    void needsACompilerOfC() {
        assumeThat(SystemCalls.canRecord()).as("cc is there to compile calls.c").isTrue();
    }

    @Test
    void noAnswerLeavesBeforeItsSync() throws Exception {
        RecordedServer recorded = new RecordedServer();
        assertThat(violations(recorded, SLOW, "")).isEmpty();
        assertThat(recorded.answers()).isGreaterThanOrEqualTo(ROUNDS * 17 + 3);
    }

    @Test
    void noAnswerLeavesBehindASyncThatFailed() throws Exception {
        RecordedServer recorded = new RecordedServer();
        assertThat(violations(recorded, FAILING, "")).isEmpty();
        assertThat(recorded.answers()).isGreaterThan(10);
    }

    /** A rule, and what breaks it: a text that a source file holds once, and another one. */
    record Broken(String rule, String plan, String file, String before, String after) {
        @Override
        public String toString() {
            return rule;
        }
    }

    static Stream<Broken> rules() {
        return Stream.of(
                        new Broken(
                                "acks=1 waits for the sync",
                                SLOW,
                                "kafka/src/main/java/rotera/kafka/ProduceHandler.java",
                                "topic.file().commit();",
                                "if (requests.stream().allMatch(each -> each.acks() == 1)) continue; topic.file().commit();"),
                        new Broken(
                                "acks=all waits for the sync",
                                SLOW,
                                "kafka/src/main/java/rotera/kafka/ProduceHandler.java",
                                "topic.file().commit();",
                                "if (requests.stream().allMatch(each -> each.acks() != 1)) continue; topic.file().commit();"),
                        new Broken(
                                "a push of Kafka that comes again waits for the sync of the first",
                                SLOW,
                                "kafka/src/main/java/rotera/kafka/ProduceHandler.java",
                                "                uncommitted.add(topic);",
                                "                if (batch.pushedMillis() >= 0) uncommitted.add(topic);"),
                        new Broken(
                                "offsets wait for the sync",
                                SLOW,
                                "kafka/src/main/java/rotera/kafka/groups/OffsetsFile.java",
                                "        show(file.commit());",
                                "        show(Long.MAX_VALUE);"),
                        new Broken(
                                "a sync that failed is an error",
                                FAILING,
                                "queue/src/main/java/rotera/queue/disk/PosixDisk.java",
                                "        Posix.syncData(file);",
                                "        try { Posix.syncData(file); } catch (PosixException e) { return; }"),
                        new Broken(
                                "a name is durable before its creation is answered",
                                SLOW,
                                "queue/src/main/java/rotera/queue/disk/PosixDisk.java",
                                "        syncDirectory(to);",
                                ""),
                        new Broken(
                                "a name is gone for good before its deletion is answered",
                                SLOW,
                                "queue/src/main/java/rotera/queue/RotFile.java",
                                "            PosixDisk.syncDirectory(path);\n        } catch (IOException e) {\n            throw new QueueException.StorageException(\n                    \"cannot delete",
                                "        } catch (IOException e) {\n            throw new QueueException.StorageException(\n                    \"cannot delete"),
                        new Broken(
                                "a new name waits for the sync",
                                SLOW,
                                "queue/src/main/java/rotera/queue/format/Registry.java",
                                "        write(older, after);\n        disk.force();\n        write(1 - older, after);\n        disk.force();",
                                "        write(older, after);\n        write(1 - older, after);"),
                        new Broken(
                                "a queue is changed before that is answered",
                                SLOW,
                                "server/src/main/java/rotera/server/OwnDialect.java",
                                "connection.change(change, failure -> changed(kind, queue, tag, failure));",
                                "connection.change(change, failure -> {}); changed(kind, queue, tag, null);"),
                        new Broken(
                                "the reply to a push names what is committed",
                                SLOW,
                                "server/src/main/java/rotera/server/OwnDialect.java",
                                "reply.to + Frame.AT_PUSH_NEXT, next);",
                                "reply.to + Frame.AT_PUSH_NEXT, Math.max(next, id + 1));"),
                        new Broken(
                                "the reply to a ping names what is committed",
                                SLOW,
                                "server/src/main/java/rotera/server/OwnDialect.java",
                                "reply.to + Frame.AT_PING_NEXT, status.next());",
                                "reply.to + Frame.AT_PING_NEXT, status.next() + 3);"),
                        new Broken(
                                "a commit is answered behind its sync",
                                SLOW,
                                "queue/src/main/java/rotera/queue/engine/GroupCommit.java",
                                "        try {\n            disk.force();",
                                "        bounds.moveCommitted(target);\n        try {\n            disk.force();"),
                        new Broken(
                                "the committed end is what was written before the sync",
                                SLOW,
                                "queue/src/main/java/rotera/queue/engine/GroupCommit.java",
                                "bounds.moveCommitted(target);",
                                "bounds.moveCommitted(appender.next());"))
                .filter(broken -> broken.rule().contains(System.getProperty("rotera.defect", "")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void aBrokenRuleIsFound(Broken broken) throws Exception {
        Path classes = Files.createDirectory(directory.resolve("classes"));
        compile(broken, classes);
        assertThat(violations(new RecordedServer(), broken.plan, classes + ":")).isNotEmpty();
    }

    private static void compile(Broken broken, Path classes) throws IOException {
        String text = Files.readString(Path.of("..").resolve(broken.file));
        assertThat(text.split(Pattern.quote(broken.before), -1))
                .as("%s holds once: %s", broken.file, broken.before)
                .hasSize(2);
        String changed = text.replace(broken.before, broken.after);
        String name = broken.file.substring(broken.file.indexOf("/rotera/"));
        JavaFileObject source =
                new SimpleJavaFileObject(
                        URI.create("string://" + name), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignored) {
                        return changed;
                    }
                };
        List<String> options =
                List.of(
                        "-proc:none",
                        "-nowarn",
                        "-d",
                        classes.toString(),
                        "-classpath",
                        System.getProperty("java.class.path"));
        assertThat(
                        ToolProvider.getSystemJavaCompiler()
                                .getTask(null, null, null, options, null, List.of(source))
                                .call())
                .isTrue();
    }

    // ---- the load

    private List<String> violations(RecordedServer recorded, String plan, String classes)
            throws Exception {
        Path files = Files.createDirectory(directory.resolve("queues"));
        Path log = directory.resolve("calls");
        RotFile.create(files.resolve("7.rot"), CreateOptions.ofSize(4 << 20).withName("seven"));
        RotFile.create(files.resolve("8.rot"), CreateOptions.ofSize(1 << 20).withName("eight"));
        ProcessBuilder builder = Program.builder(files, "server", "--port=0", "--kafka=0");
        int at = builder.command().indexOf("-cp") + 1;
        builder.command().set(at, classes + builder.command().get(at));
        SystemCalls.record(builder, log, files, plan);
        try (ServerProcess server = ServerProcess.start(builder)) {
            int kafka = server.kafkaPort();
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            List<Thread> threads = new ArrayList<>();
            List<Load> loads =
                    List.of(
                            () -> nativeClient(recorded, server.port(), 0),
                            () -> nativeClient(recorded, server.port(), 1),
                            () -> legacyClient(recorded, server.port()),
                            () -> producer(recorded, kafka, 1),
                            () -> producer(recorded, kafka, -1),
                            () -> consumer(recorded, kafka),
                            () -> administrator(recorded, kafka),
                            () -> owner(recorded, server.port()));
            for (Load load : loads)
                threads.add(Thread.ofPlatform().start(() -> run(load, failures)));
            for (Thread thread : threads) thread.join();
            assertThat(failures).isEmpty();
            server.terminate();
        }
        return recorded.violations(SystemCalls.read(log));
    }

    private interface Load {
        void run() throws IOException;
    }

    private static void run(Load load, List<Throwable> failures) {
        try {
            load.run();
        } catch (IOException | RuntimeException | AssertionError e) {
            failures.add(e);
        }
    }

    /** A push whose reply names the committed end, then a commit, a ping and a read. */
    private static void nativeClient(RecordedServer recorded, int port, int number)
            throws IOException {
        List<String> mine = new ArrayList<>();
        try (Connection connection = recorded.new Connection(port)) {
            byte[] hello = new byte[Request.BYTES];
            Hello.of(100 + number).encode(MemorySegment.ofArray(hello), 0);
            connection.send(hello);
            frame(connection);
            for (int round = 0; round < ROUNDS; round++) {
                String text = "native message %d %d.".formatted(number, round);
                connection.send(push(text, round));
                MemorySegment pushed = frame(connection);
                if (Frame.code(pushed, 0) != 0) return;
                connection.relyOn(
                        "next of a push", new Claim.Below(Frame.u64(pushed, Frame.AT_PUSH_NEXT)));
                connection.send(head(Frame.COMMIT));
                MemorySegment committed = frame(connection);
                if (Frame.code(committed, 0) != 0) return;
                recorded.pushed(Frame.u64(pushed, Frame.AT_FIRST_ID), text);
                connection.relyOn("commit of the native port", new Claim.Holds(text));
                connection.relyOn(
                        "next of a commit", new Claim.Below(Frame.u64(committed, Frame.AT_NEXT)));
                mine.add(text);
                connection.send(push(text, round)); // again
                connection.send(head(Frame.COMMIT));
                frame(connection);
                if (Frame.code(frame(connection), 0) != 0) return;
                connection.relyOn("push that came again", new Claim.Holds(text));
                readNewest(connection);
            }
        }
        assertThat(mine).hasSize(ROUNDS);
    }

    /** What a reader is shown is durable. */
    private static void readNewest(Connection connection) throws IOException {
        connection.send(head(Frame.PING));
        MemorySegment pong = frame(connection);
        if (Frame.code(pong, 0) != 0) return;
        connection.relyOn("next of a ping", new Claim.Below(Frame.u64(pong, Frame.AT_PING_NEXT)));
        byte[] read = new byte[Frame.READ_BYTES];
        MemorySegment request = MemorySegment.ofArray(read);
        Frame.encode(request, 0, read.length, Frame.READ, Frame.FROM_ID, 0, 7, 1);
        Frame.u64(request, Frame.AT_START, Frame.u64(pong, Frame.AT_PING_NEXT) - 1);
        Frame.u64(request, Frame.AT_MOST, 100);
        connection.send(read);
        byte[] reply = frame(connection).toArray(ValueLayout.JAVA_BYTE);
        String text = new String(reply, StandardCharsets.ISO_8859_1);
        Matcher shown = Pattern.compile("(native|legacy) message \\d+ \\d+\\.").matcher(text);
        while (shown.find()) connection.relyOn("read", new Claim.Holds(shown.group()));
    }

    private static void legacyClient(RecordedServer recorded, int port) throws IOException {
        try (Connection connection = recorded.new Connection(port)) {
            for (int round = 0; round < ROUNDS; round++) {
                String text = "legacy message 0 %d.".formatted(round);
                ByteArrayOutputStream request = new ByteArrayOutputStream();
                byte[] head = new byte[Request.BYTES];
                new Request.Push(7, 1).encode(MemorySegment.ofArray(head), 0);
                request.writeBytes(head);
                request.writeBytes(
                        ByteBuffer.allocate(4)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putInt(text.length())
                                .array());
                request.writeBytes(text.getBytes(StandardCharsets.UTF_8));
                new Request.Commit(7).encode(MemorySegment.ofArray(head), 0);
                request.writeBytes(head);
                connection.send(request.toByteArray());
                MemorySegment reply = MemorySegment.ofArray(connection.receive(Reply.STATUS_BYTES));
                if (reply.get(Request.U64, Reply.AT_STATUS) != Reply.ALIVE) return;
                connection.relyOn("commit of the legacy protocol", new Claim.Holds(text));
            }
        } catch (EOFException e) {
            // A queue that failed ends these connections.
        }
    }

    /** Each push comes a second time over another connection, before the first is answered. */
    private static void producer(RecordedServer recorded, int port, int acks) throws IOException {
        try (Connection first = recorded.new Connection(port);
                Connection second = recorded.new Connection(port)) {
            for (int round = 0; round < ROUNDS; round++) {
                String text = "kafka message %d %d.".formatted(acks, round);
                byte[] request = KafkaWire.produce("seven", acks, 4711 + acks, round, text);
                first.send(request);
                second.send(request);
                for (Connection connection : List.of(first, second)) {
                    long id = KafkaWire.producedAt(connection.receiveResponse());
                    if (id < 0) continue;
                    recorded.pushed(id, text);
                    connection.relyOn("produce with acks " + acks, new Claim.Holds(text));
                }
            }
        } catch (EOFException e) {
            // Only of a rule that is broken: the number of answers is compared.
        }
    }

    private static void consumer(RecordedServer recorded, int port) throws IOException {
        try (Connection connection = recorded.new Connection(port)) {
            for (int round = 0; round < ROUNDS; round++) {
                String note = "committed offset %d.".formatted(round);
                connection.send(KafkaWire.commitOffset("group", "seven", 0, note));
                if (KafkaWire.offsetCommitted(connection.receiveResponse()))
                    connection.relyOn("OffsetCommit", new Claim.Holds(note));
            }
        }
    }

    private static void administrator(RecordedServer recorded, int port) throws IOException {
        try (Connection connection = recorded.new Connection(port)) {
            connection.send(KafkaWire.createTopic("made"));
            assertThat(KafkaWire.topicCreated(connection.receiveResponse())).isTrue();
            connection.relyOn("CreateTopics", new Claim.Exists(0));
            connection.send(KafkaWire.deleteTopic("made"));
            assertThat(KafkaWire.topicDeleted(connection.receiveResponse())).isTrue();
            connection.relyOn("DeleteTopics", new Claim.IsGone(0));
        }
    }

    private static void owner(RecordedServer recorded, int port) throws IOException {
        try (Connection connection = recorded.new Connection(port)) {
            byte[] hello = new byte[Request.BYTES];
            Hello.of(200).encode(MemorySegment.ofArray(hello), 0);
            connection.send(hello);
            frame(connection);
            connection.send(frame(Frame.DESCRIBE, new byte[0]));
            MemorySegment described = frame(connection);
            UUID id =
                    QueueInfoCodec.decode(described, Frame.HEAD_BYTES, described.byteSize())
                            .file()
                            .uniqueId();
            for (int round = 0; round < ROUNDS; round++) {
                String name = "name %d of the queue.".formatted(round);
                connection.send(change(Frame.RENAME, id, name));
                assertThat(Frame.code(frame(connection), 0)).isZero();
                connection.relyOn("rename", new Claim.Holds(name));
            }
            connection.send(change(Frame.DELETE, id, ""));
            assertThat(Frame.code(frame(connection), 0)).isZero();
            connection.relyOn("delete", new Claim.IsGone(8));
        }
    }

    private static byte[] change(int kind, UUID id, String name) {
        byte[] rest = new byte[16 + name.length()];
        Frame.uniqueId(MemorySegment.ofArray(rest), 0, id);
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, rest, 16, name.length());
        return frame(kind, rest);
    }

    /** Of the queue that is renamed and deleted. */
    private static byte[] frame(int kind, byte[] rest) {
        byte[] bytes = new byte[Frame.HEAD_BYTES + rest.length];
        Frame.encode(MemorySegment.ofArray(bytes), 0, bytes.length, kind, 0, 0, 8, 1);
        System.arraycopy(rest, 0, bytes, Frame.HEAD_BYTES, rest.length);
        return bytes;
    }

    private static byte[] push(String text, int sequence) {
        try (Batch batch = new Batch()) {
            batch.add(text);
            byte[] bytes = new byte[Frame.PUSH_HEAD_BYTES + (int) batch.bytes()];
            MemorySegment frame = MemorySegment.ofArray(bytes);
            Frame.encode(frame, 0, bytes.length, Frame.PUSH, Frame.NUMBERED, 0, 7, 1);
            Frame.u32(frame, Frame.AT_PUSH_MESSAGES, 1);
            Frame.u32(frame, Frame.AT_PUSH_SEQUENCE, sequence);
            Frame.u32(frame, Frame.AT_PUSH_CHECKSUM, batch.checksum());
            batch.pack(frame, Frame.PUSH_HEAD_BYTES, frame, Frame.PUSH_HEAD_BYTES + 4L);
            return bytes;
        }
    }

    private static byte[] head(int kind) {
        byte[] bytes = new byte[Frame.HEAD_BYTES];
        Frame.encode(MemorySegment.ofArray(bytes), 0, bytes.length, kind, 0, 0, 7, 1);
        return bytes;
    }

    private static MemorySegment frame(Connection connection) throws IOException {
        byte[] head = connection.receive(Frame.HEAD_BYTES);
        int bytes = (int) Frame.bytes(MemorySegment.ofArray(head), 0);
        byte[] all = Arrays.copyOf(head, bytes);
        byte[] rest = connection.receive(bytes - head.length);
        System.arraycopy(rest, 0, all, head.length, rest.length);
        return MemorySegment.ofArray(all);
    }
}
