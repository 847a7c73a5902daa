package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.ServerProcess;
import rotera.client.ConnectOptions;
import rotera.client.Rotera;
import rotera.queue.Batch;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.RotFileInfo;

/** A server that has nothing to do makes sure that damage to its newest commit can be told. */
@Tag("slow")
final class NewestCommitCrashTest {
    private static final Duration IDLE = Duration.ofSeconds(5);

    @TempDir private Path directory;

    @Test
    void damageToTheNewestCommitOfAnIdleQueueIsNamedAfterAKill() throws Exception {
        damageToTheNewestCommitIsNamed(false);
    }

    @Test
    void damageToTheNewestCommitIsNamedAfterAKillOnceTheHeaderIsWritten() throws Exception {
        damageToTheNewestCommitIsNamed(true);
    }

    private void damageToTheNewestCommitIsNamed(boolean beforeItsSync) throws Exception {
        Path path = directory.resolve("7.rot");
        long newest;
        try (ServerProcess server = ServerProcess.start(directory, "--create=7:1MiB")) {
            try (Queue queue = connect(server)) {
                commit(queue, "first");
                awaitCheckpoint(server);
                newest = infoOf(server).committed().position();
                byte[] headers = headers(path);
                commit(queue, "newest");
                if (beforeItsSync) while (Arrays.equals(headers, headers(path))) Thread.sleep(1);
                else awaitCheckpoint(server);
            }
            server.kill();
        }
        try (RotFile file = RotFile.openReadOnly(path);
                RandomAccessFile bytes = new RandomAccessFile(path.toFile(), "rw")) {
            long at = file.info().ringOffset() + newest + 64 + 6;
            bytes.seek(at);
            int before = bytes.read();
            bytes.seek(at);
            bytes.write(before ^ 1);
        }
        try (ServerProcess server = ServerProcess.start(directory);
                Queue queue = connect(server);
                Messages messages = new Messages()) {
            assertThat(queue.ping().next()).isEqualTo(2);
            assertThatThrownBy(() -> queue.read(1, 1, messages))
                    .isInstanceOfSatisfying(
                            QueueException.CorruptMessageException.class,
                            e -> assertThat(e.id()).isEqualTo(1));
            assertThat(commit(queue, "next")).isEqualTo(2);
        }
    }

    private static byte[] headers(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            byte[] headers = new byte[2 * 4096];
            file.seek(2 * 4096);
            file.readFully(headers);
            return headers;
        }
    }

    private static void awaitCheckpoint(ServerProcess server) {
        long end = System.nanoTime() + IDLE.toNanos();
        while (true) {
            RotFileInfo info = infoOf(server);
            if (info.checkpoint().equals(info.committed())) return;
            assertThat(System.nanoTime()).as("no checkpoint within %s", IDLE).isLessThan(end);
        }
    }

    private static RotFileInfo infoOf(ServerProcess server) {
        return Rotera.queues("127.0.0.1", server.port(), IDLE).getFirst().file();
    }

    private static Queue connect(ServerProcess server) {
        return Rotera.connect(ConnectOptions.of("7").withPort(server.port()));
    }

    private static long commit(Queue queue, String message) {
        try (Batch batch = new Batch()) {
            long id = queue.push(batch.add(message));
            queue.commit();
            return id;
        }
    }
}
