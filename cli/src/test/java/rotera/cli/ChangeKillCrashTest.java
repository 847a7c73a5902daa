package rotera.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.ServerProcess;
import rotera.client.ConnectOptions;
import rotera.client.Rotera;
import rotera.queue.CreateOptions;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.RotFile;

/**
 * A server that is killed before or after any system call of a rename or a deletion leaves the
 * queue as it was, or as it was to be; and as it was to be, if the client has the answer.
 */
@Tag("slow")
@Timeout(240)
final class ChangeKillCrashTest {
    private static final int MOST_CALLS = 60;

    @TempDir private Path directory;

    @BeforeEach
    void needsACompilerOfC() {
        assumeThat(SystemCalls.canRecord()).as("cc is there to compile calls.c").isTrue();
    }

    /** What a client has done to queue 7 with this id. */
    private interface Change {
        void make(ConnectOptions queue, UUID uniqueId);
    }

    @Test
    void renamedQueueHasOneOfTheTwoNames() throws Exception {
        List<String> names = new ArrayList<>();
        for (int call = 0; ; call++) {
            Path queues = queues("rename" + call);
            boolean answered = run(queues, call, (queue, id) -> Rotera.rename(queue, "new"));
            String name = nameAndMessage(queues.resolve("7.rot"));
            assertThat(name).isIn(answered ? List.of("new") : List.of("old", "new"));
            assertThat(nameAndMessage(queues.resolve("8.rot"))).isEqualTo("other");
            assertThat(files(queues)).containsExactly("7.rot", "8.rot");
            names.add(name);
            if (answered) break;
        }
        assertThat(names).contains("old").hasSizeBetween(4, MOST_CALLS);
    }

    @Test
    void deletedQueueIsThereOrGone() throws Exception {
        List<Boolean> there = new ArrayList<>();
        for (int call = 0; ; call++) {
            Path queues = queues("delete" + call);
            boolean answered = run(queues, call, Rotera::delete);
            boolean exists = Files.exists(queues.resolve("7.rot"));
            if (exists) assertThat(nameAndMessage(queues.resolve("7.rot"))).isEqualTo("old");
            assertThat(exists && answered).isFalse();
            assertThat(nameAndMessage(queues.resolve("8.rot"))).isEqualTo("other");
            assertThat(files(queues))
                    .isEqualTo(exists ? List.of("7.rot", "8.rot") : List.of("8.rot"));
            there.add(exists);
            if (answered) break;
        }
        assertThat(there).contains(true, false).hasSizeBetween(3, MOST_CALLS);
    }

    /** Whether the change was answered before the server was killed at this call. */
    private boolean run(Path queues, int call, Change change) throws IOException {
        assertThat(call).as("system calls of one change").isLessThan(MOST_CALLS);
        Path log = directory.resolve(queues.getFileName() + ".calls");
        ProcessBuilder builder = Program.builder(queues, "server", "--port=0");
        SystemCalls.record(
                builder, log, queues, "any,,kill,%d,1,1,%d".formatted(call / 2, call % 2));
        try (ServerProcess server = ServerProcess.start(builder)) {
            ConnectOptions queue = ConnectOptions.of("7").withPort(server.port());
            UUID id;
            try (var connected = Rotera.connect(queue)) {
                id = connected.info().file().uniqueId();
            }
            Files.createFile(Path.of(log + ".armed"));
            change.make(queue, id);
            return true;
        } catch (QueueException.ConnectionLostException e) {
            return false;
        }
    }

    private Path queues(String name) throws IOException {
        Path queues = Files.createDirectory(directory.resolve(name));
        create(queues.resolve("7.rot"), "old");
        create(queues.resolve("8.rot"), "other");
        return queues;
    }

    private static void create(Path path, String name) {
        RotFile.create(path, CreateOptions.ofSize(1 << 20).withName(name));
        try (RotFile file = RotFile.open(path);
                var batch = new rotera.queue.Batch()) {
            file.push(batch.add("message of " + name));
        }
    }

    /** The name of an intact queue whose message is still there. */
    private static String nameAndMessage(Path path) {
        try (RotFile file = RotFile.open(path);
                Messages messages = new Messages()) {
            file.read(0, 10, messages);
            assertThat(messages.next()).isTrue();
            assertThat(new String(messages.toByteArray(), UTF_8))
                    .isEqualTo("message of " + (path.endsWith("7.rot") ? "old" : "other"));
            assertThat(file.check(damage -> {}, done -> {}).problems()).isZero();
            return file.name().orElse("");
        }
    }

    private static List<String> files(Path queues) throws IOException {
        try (Stream<Path> files = Files.list(queues)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
