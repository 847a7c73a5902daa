package rotera.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.Result;
import rotera.cli.Program.ServerProcess;
import rotera.cli.text.Exit;
import rotera.client.ConnectOptions;
import rotera.client.RemoteQueue;
import rotera.client.Rotera;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.Start;

/**
 * A server over rotten files: it starts, says which it cannot serve and why, serves the others, and
 * of the damaged ones everything that is intact.
 */
@Tag("slow")
@Timeout(120)
final class RottenServerTest {
    private static final int MESSAGES = 1000;
    private static final int SUPERBLOCK_A = 0;
    private static final int SUPERBLOCK_B = 4096;
    private static final int SLOT_A = 8192;
    private static final int SLOT_B = 12288;

    @TempDir private Path directory;

    @BeforeEach
    void createSoundQueues() {
        for (int number = 1; number <= 5; number++) {
            RotFile.create(queue(number), CreateOptions.ofSize(256 << 10));
            try (RotFile file = RotFile.open(queue(number));
                    Batch batch = new Batch()) {
                for (int i = 0; i < MESSAGES; i++) {
                    file.push(batch.clear().add("message " + i + " of queue " + number));
                    if (i % 10 == 0) file.commit();
                }
            }
        }
    }

    private Path queue(int number) {
        return directory.resolve(number + ".rot");
    }

    @Test
    void itStartsAndServesAllThatIsIntact() throws Exception {
        damageRecord(2, 500);
        damageRecord(2, 501);
        damageRecord(2, 999);
        overwrite(3, SUPERBLOCK_A, 200);
        overwrite(3, SLOT_A, 64);
        overwrite(4, SLOT_A, 64);
        overwrite(4, SLOT_B, 64);
        overwrite(5, SUPERBLOCK_A, 200);
        overwrite(5, SUPERBLOCK_B, 200);
        Files.writeString(queue(6), "this is no queue");
        try (ServerProcess server = ServerProcess.start(directory)) {
            assertThat(server.said())
                    .anyMatch(line ->
                            line.contains("not serving") && line.contains("both header slots"))
                    .anyMatch(line -> line.contains("5.rot is not a rot file"))
                    .anyMatch(line -> line.contains("6.rot is not a rot file"))
                    .anyMatch(line ->
                            line.contains("3.rot: one of the two header slots was damaged"));
            assertThat(read(server, 1, List.of())).isEmpty();
            assertThat(read(server, 2, List.of(500, 501, 999))).hasSize(3);
            assertThat(read(server, 3, List.of())).isEmpty();
            for (int number : new int[] {4, 5, 6})
                assertThat(Program.run(server.with("ping", "" + number)).errors())
                        .contains("queue " + number + " is there, but is not served: ");
            for (int number : new int[] {1, 2, 3})
                assertThat(pushes(server, number)).isEqualTo(MESSAGES);
            streams(server);
            repairedFileIsServedWithoutARestart(server);
        }
    }

    /** Reads everything; returns what was said of the damage. */
    private static List<String> read(ServerProcess server, int number, List<Integer> damaged) {
        List<String> told = new ArrayList<>();
        try (RemoteQueue queue = connect(server, number);
                Messages messages = new Messages()) {
            long id = 0;
            while (true) {
                try {
                    if (queue.read(id, 100, messages) == 0) break;
                } catch (QueueException.CorruptMessageException e) {
                    assertThat(damaged).contains((int) e.id());
                    assertThat(e.id()).isEqualTo(id);
                    assertThat(e.resumeId()).isEqualTo(id + 1);
                    told.add(String.valueOf(e.getMessage()));
                    id = e.resumeId();
                    continue;
                }
                while (messages.next()) {
                    assertThat(messages.id()).isEqualTo(id);
                    assertThat(new String(messages.toByteArray(), ISO_8859_1))
                            .isEqualTo("message " + id + " of queue " + number);
                    id++;
                }
            }
            assertThat(id).isEqualTo(MESSAGES);
        }
        return told;
    }

    private static long pushes(ServerProcess server, int number) {
        try (RemoteQueue queue = connect(server, number);
                Batch batch = new Batch()) {
            long id = queue.push(batch.add("message " + MESSAGES + " of queue " + number));
            assertThat(queue.commit()).isEqualTo(id + 1);
            return id;
        }
    }

    /** Takes everything; returns how many messages that was. */
    private static long drain(MessageStream stream) throws InterruptedException {
        long seen = 0;
        while (!stream.isEnded()) seen += stream.poll(Duration.ofSeconds(10)).count();
        return seen;
    }

    private static void streams(ServerProcess server) throws InterruptedException {
        try (RemoteQueue queue = connect(server, 2)) {
            try (MessageStream stream = queue.stream(Start.id(0), MESSAGES)) {
                assertThatThrownBy(() -> drain(stream))
                        .isInstanceOf(QueueException.CorruptMessageException.class)
                        .hasMessageContaining("500");
            }
            try (MessageStream stream = queue.stream(Start.id(502), MESSAGES - 1 - 502)) {
                assertThat(drain(stream)).isEqualTo(MESSAGES - 1 - 502);
            }
        }
    }

    private void repairedFileIsServedWithoutARestart(ServerProcess server) throws Exception {
        Result repaired = Program.run("repair", "--in-place", queue(4).toString());
        assertThat(repaired.code()).as(repaired.errors()).isZero();
        for (int tries = 0; Program.run(server.with("ping", "4")).code() != Exit.OK; tries++) {
            assertThat(tries).isLessThan(100);
            Thread.sleep(100);
        }
        assertThat(read(server, 4, List.of())).isEmpty();
    }

    private static RemoteQueue connect(ServerProcess server, int number) {
        return Rotera.connect(ConnectOptions.of("" + number).withPort(server.port()));
    }

    private void damageRecord(int number, int id) throws IOException {
        String content = Files.readString(queue(number), ISO_8859_1);
        overwrite(number, content.indexOf("message " + id + " of queue"), 1);
    }

    private void overwrite(int number, int at, int length) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(queue(number).toFile(), "rw")) {
            bytes.seek(at);
            bytes.write(new byte[length]);
        }
    }
}
