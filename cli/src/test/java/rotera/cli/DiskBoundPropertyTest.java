package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.ServerProcess;
import rotera.client.ConnectOptions;
import rotera.client.RemoteQueue;
import rotera.client.Rotera;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.Producer;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.Start;
import rotera.queue.Storage;

/**
 * Whatever is done with queues: names, sizes and blocks in their directory are the same before and
 * after (I4). {@code -Dbound.rounds=N} for more than the few of by default, {@code -Dbound.seed=N}
 * for the same ones.
 */
@Tag("slow")
@Timeout(600)
final class DiskBoundPropertyTest {
    private static final long SEED = Long.getLong("bound.seed", System.nanoTime());
    private static final int ROUNDS = Integer.getInteger("bound.rounds", 3);
    private static final int QUEUES = 3;

    @TempDir private Path directory;
    private final Random random = new Random(SEED);
    private String before = "";

    @BeforeEach
    void create() throws Exception {
        for (int number = 1; number <= QUEUES; number++)
            RotFile.create(
                    queue(number),
                    CreateOptions.ofSize((64L << 10) + random.nextInt(2 << 20))
                            .withEntries(number / 3));
        before = room();
    }

    private Path queue(int number) {
        return directory.resolve(number + ".rot");
    }

    /** Every name with its size and, where files are written in place, its blocks. */
    private String room() throws Exception {
        boolean inPlace =
                Storage.of(directory).weaknesses().stream()
                        .noneMatch(weakness -> weakness.contains("never writes in place"));
        Process stat =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "find . | LC_ALL=C sort | xargs stat -c '%n %s "
                                        + (inPlace ? "%b" : "")
                                        + "'")
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        return new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private void assertNothingHasGrown(String after) throws Exception {
        assertThat(room()).as("after %s, -Dbound.seed=%d", after, SEED).isEqualTo(before);
    }

    @Test
    void noUseOfAFileTakesMoreRoom() throws Exception {
        assertThat(before).contains("./1.rot").contains("./3.rot");
        for (int round = 0; round < ROUNDS; round++) {
            int number = 1 + random.nextInt(QUEUES);
            try (RotFile file = RotFile.open(queue(number));
                    Batch batch = new Batch()) {
                for (int steps = 200 + random.nextInt(2000); steps > 0; steps--) step(file, batch);
                file.check(damage -> {}, bytes -> {});
                assertNothingHasGrown("pushes, while open");
            }
            assertNothingHasGrown("pushes and a close");
            try (RotFile file = RotFile.openReadOnly(queue(number))) {
                assertThat(file.findings()).isEmpty();
            }
            commandsThatChangeNothing(number);
            assertNothingHasGrown("commands");
        }
    }

    private void step(RotFile file, Batch batch) {
        batch.clear();
        int most = file.info().maxMessageBytes();
        switch (random.nextInt(12)) {
            case 0 -> file.commit();
            case 1 -> file.commitAsync().join();
            case 2 -> file.push(batch.add(new byte[random.nextInt(most + 1)]));
            case 3 ->
                    assertThatThrownBy(() -> file.push(batch.add(new byte[most + 1])))
                            .isInstanceOf(QueueException.MessageTooLargeException.class);
            case 4, 5 -> file.push(some(batch).producer(producer(file)));
            case 6 -> {
                try (Messages messages = new Messages()) {
                    int _ = file.read(file.ping().oldest(), 100, messages);
                }
            }
            default -> file.push(some(batch));
        }
    }

    private Producer producer(RotFile file) {
        return new Producer(
                1 + random.nextInt(2000), 0, (int) (file.info().next().id() & 0x7fffffff));
    }

    private Batch some(Batch batch) {
        int each = random.nextInt(300);
        for (int count = 1 + random.nextInt(20); count > 0; count--) batch.add(new byte[each]);
        return batch;
    }

    private void commandsThatChangeNothing(int number) throws Exception {
        String file = queue(number).toString();
        copyThatFailsInTheMiddle(number);
        Path garbage = Files.writeString(Files.createTempFile("rotera", ".garbage"), "x");
        List<List<String>> commands =
                List.of(
                        List.of("check", file),
                        List.of("inspect", file),
                        List.of("read", "--last", "5", file),
                        List.of("ping", file),
                        List.of("create", file),
                        List.of("create", "--size", "7EiB", directory + "/77.rot"),
                        List.of("copy", file, queue(1 + number % QUEUES).toString()),
                        List.of("copy", "--size", "7EiB", file, directory + "/copy.rot"),
                        List.of("repair", file),
                        List.of("repair", garbage.toString(), "--to", directory + "/repaired.rot"),
                        List.of("import", garbage.toString(), directory + "/imported.rot"),
                        List.of("import", file, directory + "/imported.rot"));
        for (List<String> command : commands) {
            var result = Program.run(command.toArray(String[]::new));
            assertThat(result.errors()).as("%s", command).doesNotContain("unexpected error");
            assertNothingHasGrown(command.toString());
        }
        Files.delete(garbage);
    }

    private void copyThatFailsInTheMiddle(int number) throws Exception {
        try (RotFile file = RotFile.open(queue(number));
                Batch batch = new Batch()) {
            if (file.info().maxMessageBytes() < 20_000) return;
            file.push(batch.add(new byte[20_000]));
        }
        String copy = directory + "/small.rot";
        var result = Program.run("copy", "--size", "96KiB", queue(number).toString(), copy);
        assertThat(result.errors()).contains("choose a larger --size");
        assertNothingHasGrown("a copy that failed");
    }

    @Test
    void noWorkOfAServerTakesMoreRoom() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (ServerProcess server = ServerProcess.start(directory)) {
                List<Thread> clients = new ArrayList<>();
                CountDownLatch busy = new CountDownLatch(QUEUES);
                for (int number = 1; number <= QUEUES; number++) {
                    int queue = number;
                    clients.add(Thread.ofPlatform().start(() -> pushes(server, queue, busy)));
                    clients.add(Thread.ofPlatform().start(() -> streams(server, queue)));
                }
                assertThat(busy.await(60, TimeUnit.SECONDS)).isTrue();
                Thread.sleep(random.nextInt(500));
                assertNothingHasGrown("a server under load");
                if (round % 2 == 0) server.kill();
                else assertThat(server.terminate()).isZero();
                for (Thread client : clients) client.join();
            }
            assertNothingHasGrown("a server that was " + (round % 2 == 0 ? "killed" : "stopped"));
            for (int number = 1; number <= QUEUES; number++) RotFile.open(queue(number)).close();
            assertNothingHasGrown("reopening");
        }
    }

    private static void pushes(ServerProcess server, int number, CountDownLatch busy) {
        Random random = new Random(number);
        boolean told = false;
        try (RemoteQueue queue = connect(server, number);
                Batch batch = new Batch()) {
            while (true) {
                batch.clear();
                int each = random.nextInt(1000);
                for (int count = 1 + random.nextInt(10); count > 0; count--)
                    batch.add(new byte[each]);
                queue.push(batch);
                if (random.nextInt(3) != 0) continue;
                queue.commit();
                if (!told) busy.countDown();
                told = true;
            }
        } catch (QueueException e) {
            // The server is gone.
        }
    }

    private static void streams(ServerProcess server, int number) {
        try (RemoteQueue queue = connect(server, number);
                MessageStream stream = queue.stream(Start.oldest())) {
            while (!stream.isEnded()) stream.poll(Duration.ofSeconds(2)).count();
        } catch (QueueException e) {
            // The server is gone.
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static RemoteQueue connect(ServerProcess server, int number) {
        return Rotera.connect(
                ConnectOptions.of("" + number)
                        .withPort(server.port())
                        .withTimeout(Duration.ofSeconds(1)));
    }
}
