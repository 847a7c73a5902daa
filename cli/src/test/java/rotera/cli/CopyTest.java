package rotera.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.Result;
import rotera.cli.Program.ServerProcess;
import rotera.cli.text.Exit;
import rotera.client.ConnectOptions;
import rotera.client.RemoteQueue;
import rotera.client.Rotera;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.Envelope;
import rotera.queue.Messages;
import rotera.queue.RotFile;

/** copy, snapshot, repair and import. */
final class CopyTest {
    @TempDir private Path directory;
    private Path file;
    private Path target;

    @BeforeEach
    void create() {
        file = directory.resolve("55.rot");
        target = directory.resolve("copy.rot");
        RotFile.create(file, CreateOptions.ofSize(1 << 20).withName("orders"));
    }

    private record Message(long id, String text, Instant time, Envelope envelope) {}

    private static List<Message> messages(Path path) {
        List<Message> all = new ArrayList<>();
        try (RotFile queue = RotFile.openReadOnly(path);
                Messages messages = new Messages()) {
            for (long id = 0; queue.read(id, Integer.MAX_VALUE, messages) > 0; ) {
                while (messages.next())
                    all.add(
                            new Message(
                                    messages.id(),
                                    new String(messages.toByteArray(), UTF_8),
                                    Instant.ofEpochMilli(messages.timeMillis()),
                                    messages.envelope()));
                id = messages.nextId();
            }
        }
        return all;
    }

    private void fill(int count) throws InterruptedException {
        try (RotFile queue = RotFile.open(file);
                Batch batch = new Batch()) {
            for (int i = 0; i < count; i++) {
                batch.clear();
                if (i % 50 == 7)
                    batch.add(Envelope.NONE.withTimeMillis(i), ("v" + i).getBytes(UTF_8));
                else batch.add("message " + i);
                queue.push(batch);
                if (i % 100 == 0) {
                    queue.commit();
                    Thread.sleep(2); // another time
                }
            }
        }
    }

    private Result run(String... words) {
        return Program.runProcess(directory, "", words);
    }

    @Test
    void aCopyHasIdsTimesAndEnvelopes() throws Exception {
        fill(1000);
        Result result = run("copy", "--size", "4MiB", "55.rot", "copy.rot");
        assertThat(result.complaints()).isEmpty();
        assertThat(result.output()).isEqualTo("copied 1000 messages to copy.rot, next id 1000\n");
        assertThat(messages(target)).isEqualTo(messages(file));
        assertThat(Files.size(target)).isEqualTo(4 << 20);
        try (RotFile copy = RotFile.open(target)) {
            assertThat(copy.name()).contains("orders");
            assertThat(copy.push(new Batch().add("more"))).isEqualTo(1000);
        }
        assertThat(run("check", "copy.rot").code()).isZero();
    }

    @Test
    void aSmallerCopyKeepsTheNewest() throws Exception {
        fill(30_000);
        Result result = run("copy", "--size", "96KiB", "55.rot", "copy.rot");
        assertThat(result.code()).isZero();
        List<Message> all = messages(file);
        List<Message> kept = messages(target);
        assertThat(kept).hasSizeBetween(100, all.size() - 1);
        assertThat(kept).isEqualTo(all.subList(all.size() - kept.size(), all.size()));
        assertThat(result.output())
                .contains(
                        (all.size() - kept.size()) + " messages were too old to be kept",
                        "it begins at id " + kept.getFirst().id());
    }

    @Test
    void anEmptyQueueIsCopiedWithItsNextId() {
        assertThat(run("copy", "55.rot", "copy.rot").code()).isZero();
        assertThat(messages(target)).isEmpty();
    }

    @Test
    void nothingIsOverwrittenOrLeftBehind() throws Exception {
        fill(10);
        Files.writeString(target, "precious");
        Result result = run("copy", "55.rot", "copy.rot");
        assertThat(result.code()).isEqualTo(Exit.FAILED);
        assertThat(result.errors()).contains("never overwritten");
        assertThat(Files.readString(target)).isEqualTo("precious");
        Files.delete(target);
        try (RotFile queue = RotFile.open(file)) {
            queue.push(new Batch().add(new byte[100_000]));
        }
        Result tooSmall = run("copy", "--size", "96KiB", "55.rot", "copy.rot");
        assertThat(tooSmall.errors()).contains("choose a larger --size");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aSnapshotIsConsistentWhileOthersPush() throws Exception {
        fill(1000);
        try (ServerProcess server = ServerProcess.start(directory);
                RemoteQueue queue =
                        Rotera.connect(ConnectOptions.of("55").withPort(server.port()))) {
            Thread pusher =
                    Thread.ofPlatform()
                            .daemon()
                            .start(() -> {
                                try (Batch batch = new Batch()) {
                                    for (int i = 1000; i < 5000; i++) {
                                        queue.push(batch.clear().add("message " + i));
                                        if (i % 10 == 0) queue.commit();
                                    }
                                }
                            });
            Result result = run("snapshot", "--port=" + server.port(), "orders", "copy.rot");
            assertThat(result.complaints()).isEmpty();
            assertThat(result.code()).isZero();
            pusher.join();
        }
        List<Message> all = messages(file);
        List<Message> copied = messages(target);
        assertThat(copied).hasSizeGreaterThanOrEqualTo(1000);
        assertThat(copied).isEqualTo(all.subList(0, copied.size()));
    }

    // ---- repair

    private void damage(String text) throws IOException {
        String content = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        overwrite(content.indexOf(text), 3);
    }

    private void overwrite(long at, int length) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            bytes.write(new byte[length]);
        }
    }

    @Test
    void aCheckNamesEachPlaceOnce() throws Exception {
        fill(1000);
        damage("message 500");
        damage("message 502");
        overwrite(4096, 1); // a superblock
        overwrite(12_288, 64); // a header slot
        Result result = run("check", "55.rot");
        assertThat(result.code()).isEqualTo(Exit.FAILED);
        assertThat(result.output().lines())
                .hasSize(5)
                .anyMatch(line -> line.contains("superblock copy 2 (byte 4096)"))
                .anyMatch(line -> line.contains("header slot B (byte 12288)"))
                .anyMatch(line -> line.contains("message 500 of 55.rot is damaged (position "))
                .anyMatch(line -> line.contains("message 502 of 55.rot is damaged (position "))
                .last()
                .asString()
                .startsWith("55.rot: damaged in 4 places; 2 messages lost, intact: 998 messages");
        assertThat(run("check", "--json", "55.rot").output())
                .startsWith(
                        "{\"file\":\"55.rot\",\"messages\":998,\"lost_messages\":2,\"unfinished_messages\":0,\"bytes\":")
                .contains(",\"damage\":[\"superblock copy 2")
                .endsWith("]}\n");
    }

    @Test
    void damageBehindTheCheckpointIsNamedOnce() throws Exception {
        Path crashed = directory.resolve("crashed.rot");
        try (RotFile queue = RotFile.open(file);
                Batch batch = new Batch()) {
            for (int i = 0; i < 6; i++) {
                queue.push(batch.clear().add("message " + i));
                queue.commit();
            }
            Files.copy(file, crashed);
        }
        Files.move(crashed, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        damage("message 2");
        assertThat(run("check", "55.rot").output().lines())
                .hasSize(2)
                .last()
                .asString()
                .contains("damaged in 1 place; 1 message lost, intact: 5 messages");
    }

    @Test
    void aRepairedFileHasAllThatCanBeReadUnderItsIds() throws Exception {
        fill(1000);
        List<Message> before = messages(file);
        damage("message 500");
        byte[] damaged = Files.readAllBytes(file);
        Result result = run("repair", "55.rot");
        assertThat(result.complaints()).isEmpty();
        assertThat(result.output())
                .contains(
                        "message 500 of 55.rot is damaged",
                        "copied 999 messages",
                        "1 message was damaged");
        assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
        List<Message> after = messages(directory.resolve("55.rot.repaired"));
        assertThat(after).hasSize(1000);
        assertThat(after.get(500).envelope().headers()).hasSize(1);
        assertThat(after.get(500).envelope().nullValue()).isTrue();
        for (int i = 0; i < 1000; i++) {
            if (i != 500) assertThat(after.get(i)).isEqualTo(before.get(i));
        }
    }

    @Test
    void aFileThatLostItsHeadersIsRepairedInPlace() throws Exception {
        fill(1000);
        List<Message> before = messages(file);
        overwrite(0, 16_384);
        assertThat(run("check", "55.rot").code()).isEqualTo(Exit.FAILED);
        Result result = run("repair", "--in-place", "55.rot");
        assertThat(result.complaints()).isEmpty();
        assertThat(result.output()).contains("made anew", "is the repaired file now");
        assertThat(messages(file)).isEqualTo(before);
        assertThat(directory.resolve("55.rot.damaged")).exists();
        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void aSoundFileIsLeftAlone() throws Exception {
        fill(10);
        assertThat(run("repair", "55.rot").output()).contains("nothing to repair");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void whatIsNoRotFileCannotBeRepaired() throws Exception {
        Files.write(directory.resolve("noise.rot"), new byte[1 << 20]);
        Result result = run("repair", "noise.rot");
        assertThat(result.code()).isEqualTo(Exit.FAILED);
        assertThat(result.errors())
                .isEqualTo(
                        "rotera repair: noise.rot cannot be repaired: no record was found that could be believed\n");
        assertThat(directory.resolve("noise.rot.repaired")).doesNotExist();
    }

    @Test
    void whereThereIsNoPlaceForACopyNothingIsDone() throws Exception {
        fill(10);
        assertThat(run("repair", "--to", "no/copy.rot", "55.rot").errors())
                .contains("there is no directory");
        assertThat(run("snapshot", "55.rot", "no/copy.rot").errors())
                .contains("cannot create no/copy.rot: there is no directory");
        Files.writeString(directory.resolve("55.rot.repaired"), "an earlier one");
        Result result = run("repair", "55.rot");
        assertThat(result.errors()).contains("55.rot.repaired exists and is never overwritten");
        assertThat(result.output()).isEmpty();
    }

    // ---- import

    @Test
    void filesOfTheOriginalAreImportedWithTheirIds() throws Exception {
        for (String name : List.of("six-messages", "wrapped")) {
            try (var resource = CopyTest.class.getResourceAsStream("/original/" + name + ".rot")) {
                Files.write(
                        directory.resolve(name), Objects.requireNonNull(resource).readAllBytes());
            }
        }
        assertThat(run("import", "six-messages", "copy.rot").output())
                .isEqualTo("imported 6 messages to copy.rot, ids 0 to 5, next id 6\n");
        assertThat(messages(target))
                .extracting(Message::id)
                .containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        Files.delete(target);
        assertThat(run("import", "wrapped", "copy.rot").output())
                .isEqualTo("imported 13 messages to copy.rot, ids 27 to 39, next id 40\n");
        assertThat(messages(target).getFirst().id()).isEqualTo(27);
        assertThat(run("import", "55.rot", "other.rot").errors())
                .contains("not a queue file of the original");
    }
}
