package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rotera.cli.Program.Result;
import rotera.cli.Program.ServerProcess;
import rotera.cli.text.Exit;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/** The commands on the queues of a server, with the programs that a user starts. */
@Timeout(60)
final class ServerCommandsTest {
    @TempDir private Path directory;

    @BeforeEach
    void create() {
        RotFile.create(
                directory.resolve("7.rot"), CreateOptions.ofSize(1 << 20).withName("orders"));
        RotFile.create(directory.resolve("55.rot"), CreateOptions.ofSize(1 << 20));
    }

    @Test
    void queuesAreListed() throws IOException {
        try (ServerProcess server = ServerProcess.start(directory)) {
            push(server, "7", "a\nb\n");
            Result list = Program.run(server.with("queues"));
            assertThat(list.code()).isZero();
            assertThat(list.output().lines().toList())
                    .satisfiesExactly(
                            first -> assertThat(first).startsWith("7\torders\t2\t0\t2\t"),
                            second -> assertThat(second).startsWith("55\t-\t0\t0\t0\t0\t"))
                    .allMatch(line -> line.split("\t", -1).length == 13);
            assertThat(Program.run(server.with("queues", "--json")).output())
                    .startsWith("[{\"number\":7,\"name\":\"orders\",")
                    .contains("},{\"number\":55,\"name\":null,");
        }
    }

    @Test
    void sinceMeansTheSameInAFileAndOnAServerBehindAClockThatWasAhead() throws IOException {
        String file = directory.resolve("55.rot").toString();
        try (RotFile queue = RotFile.open(Path.of(file));
                Batch batch = new Batch()) {
            queue.push(
                    batch.add("before").time(Instant.parse("2020-01-01T00:00:00Z").toEpochMilli()));
            batch.clear();
            queue.push(
                    batch.add("ahead").time(Instant.parse("2100-01-01T00:00:00Z").toEpochMilli()));
            batch.clear();
            queue.push(
                    batch.add("right").time(Instant.parse("2030-01-01T00:00:00Z").toEpochMilli()));
            queue.commit();
        }
        String[][] cases = {
            {"2000-01-01", "before\nahead\nright\n"},
            {"2029-01-01", "ahead\nright\n"},
            {"2050-01-01", "ahead\nright\n"},
            {"2101-01-01", ""},
        };
        for (String[] expected : cases)
            assertThat(Program.run("read", "--since", expected[0], file).output())
                    .as(expected[0])
                    .isEqualTo(expected[1]);
        try (ServerProcess server = ServerProcess.start(directory)) {
            for (String[] expected : cases)
                assertThat(Program.run(server.with("read", "--since", expected[0], "55")).output())
                        .as(expected[0])
                        .isEqualTo(expected[1]);
        }
    }

    @Test
    void queueIsInspectedWhereItIs() throws IOException {
        try (ServerProcess server = ServerProcess.start(directory)) {
            push(server, "orders", "a\nb\n");
            for (String queue : new String[] {"7", "orders"}) {
                assertThat(Program.run(server.with("inspect", queue)).output())
                        .containsPattern("(?m)^number +7$")
                        .containsPattern("(?m)^name +orders$")
                        .containsPattern("(?m)^messages +2$")
                        .containsPattern("(?m)^readers +0$")
                        .containsPattern("(?m)^pushes-per-s +[0-9.]+$");
            }
            assertThat(Program.run(server.with("inspect", "--json", "7")).output())
                    .startsWith("{\"number\":7,")
                    .contains(",\"committed_id\":2,");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "read                 | a b c d e",
                "read --oldest        | a b c d e",
                "read --id 3          | d e",
                "read --last 2        | d e",
                "read --since 1h      | a b c d e",
                "read --since 2100-01-01 | ''",
                "stream --last 2 -n 2 | d e",
                "stream --since 1h -n 3 | a b c",
                "stream --id 4 -n 1   | e",
            })
    void beginsWhereItIsToldTo(String command, String messages) throws IOException {
        try (ServerProcess server = ServerProcess.start(directory)) {
            push(server, "orders", "a\nb\nc\nd\ne\n");
            Result result = Program.run(server.with((command + " orders").split(" +", -1)));
            assertThat(result.errors()).isEmpty();
            assertThat(result.output().lines().toList())
                    .isEqualTo(messages.isEmpty() ? List.of() : List.of(messages.split(" ", -1)));
        }
    }

    @Test
    void formatsAreThoseOfFiles() throws IOException {
        try (ServerProcess server = ServerProcess.start(directory)) {
            push(server, "55", "a\n");
            assertThat(Program.run(server.with("read", "--format=json", "55")).output())
                    .startsWith("{\"id\":0,\"time\":\"2")
                    .endsWith("Z\",\"message\":\"a\"}\n");
            assertThat(Program.run(server.with("read", "--format=hex", "55")).output())
                    .endsWith("|a|\n");
            assertThat(Program.run(server.with("read", "--print-ids", "--nul", "55")).output())
                    .isEqualTo("00000000000 a\0");
        }
    }

    @Test
    void refusedMessageIsNamedAndTheOthersAreKept() throws IOException {
        try (ServerProcess server = ServerProcess.start(directory)) {
            Result push =
                    Program.runWithInput(
                            ("a\nb\n" + "x".repeat(900_000) + "\nd\n")
                                    .getBytes(StandardCharsets.UTF_8),
                            server.with("push", "55"));
            assertThat(push.code()).isEqualTo(Exit.SKIPPED);
            assertThat(push.errors())
                    .contains("pushed 3 messages, ids 0 to 2, skipped 1 that were too large\n")
                    .contains("line 3: message of 900000 bytes is larger");
            assertThat(Program.run(server.with("read", "55")).output()).isEqualTo("a\nb\nd\n");
        }
    }

    @Test
    void unknownQueueIsExplained() throws IOException {
        try (ServerProcess server = ServerProcess.start(directory)) {
            Result ping = Program.run(server.with("ping", "invoices"));
            assertThat(ping.code()).isEqualTo(Exit.FAILED);
            assertThat(ping.errors())
                    .contains("does not know queue invoices")
                    .contains("rotera queues lists those it has")
                    .contains("rotera create --name invoices");
            assertThat(Program.run(server.with("read", "77")).errors())
                    .contains("does not know queue 77")
                    .contains("rotera server --create 77");
        }
    }

    @Test
    void manyLinesKeepTheirOrder() throws IOException {
        RotFile.create(directory.resolve("1.rot"), CreateOptions.ofSize(16 << 20));
        String lines =
                IntStream.range(0, 200_000)
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining("\n", "", "\n"));
        try (ServerProcess server = ServerProcess.start(directory)) {
            push(server, "1", lines);
            assertThat(Program.run(server.with("read", "1")).output()).isEqualTo(lines);
        }
    }

    @Test
    void streamGoesOnAfterItWasKilledAndTheServerToo() throws Exception {
        List<String> got = new ArrayList<>();
        try (ServerProcess server = ServerProcess.start(directory)) {
            push(server, "55", lines(0, 100));
            got.addAll(consume(server, 60, true));
            push(server, "55", lines(100, 200));
            got.addAll(consume(server, 60, false));
            server.kill();
        }
        try (ServerProcess server = ServerProcess.start(directory)) {
            push(server, "55", lines(200, 300));
            got.addAll(
                    Program.run(server.with("stream", "--resume=" + position(), "-n90", "55"))
                            .output()
                            .lines()
                            .toList());
            String next = Files.readString(position()).lines().toList().get(1);
            long last = Long.parseLong(next.split(" ", 2)[1]);
            got.addAll(
                    Program.run(
                                    server.with(
                                            "stream",
                                            "--resume=" + position(),
                                            "-n" + (300 - last),
                                            "55"))
                            .output()
                            .lines()
                            .toList());
        }
        assertThat(got.stream().distinct().toList()).isEqualTo(lines(0, 300).lines().toList());
    }

    @Test
    void pushAndStreamWaitForAServerThatIsRestarted() throws Exception {
        ServerProcess first = ServerProcess.start(directory);
        int port = first.port();
        Process push = start(first.with("push", "55"));
        Process stream = start(first.with("stream", "55"));
        try (OutputStream input = push.getOutputStream();
                BufferedReader output = stream.inputReader(StandardCharsets.UTF_8)) {
            send(input, "before");
            assertThat(output.readLine()).isEqualTo("before");
            first.kill();
            send(input, "meanwhile");
            try (ServerProcess second = ServerProcess.startAt(port, directory)) {
                assertThat(output.readLine()).isEqualTo("meanwhile");
                send(input, "after");
                assertThat(output.readLine()).isEqualTo("after");
                push.toHandle().destroy();
                assertThat(Program.exitCode(push)).isEqualTo(143);
                assertThat(Program.run(second.with("read", "55")).output())
                        .isEqualTo("before\nmeanwhile\nafter\n");
            }
        } finally {
            push.destroyForcibly();
            stream.destroyForcibly();
            first.close();
        }
    }

    /** Lets a consumer take some lines, and stops it: in good order, or not. */
    private List<String> consume(ServerProcess server, int count, boolean kindly) throws Exception {
        Process stream = start(server.with("stream", "--resume=" + position(), "55"));
        List<String> lines = new ArrayList<>();
        try (BufferedReader output = stream.inputReader(StandardCharsets.UTF_8)) {
            for (int i = 0; i < count; i++) lines.add(output.readLine());
            // By its handle: destroying a process closes its output, too.
            boolean told =
                    kindly ? stream.toHandle().destroy() : stream.toHandle().destroyForcibly();
            assertThat(told).isTrue();
            output.lines().forEach(lines::add);
        }
        assertThat(Program.exitCode(stream)).isEqualTo(kindly ? 143 : 137);
        return lines;
    }

    private Process start(String... arguments) throws IOException {
        return Program.builder(directory, arguments)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void send(OutputStream input, String line) throws IOException {
        input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
    }

    private Path position() {
        return directory.resolve("position");
    }

    private static String lines(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "line " + i)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static void push(ServerProcess server, String queue, String input) {
        Result push =
                Program.runWithInput(
                        input.getBytes(StandardCharsets.UTF_8), server.with("push", queue));
        assertThat(push.errors()).startsWith("pushed ");
        assertThat(push.code()).isZero();
    }
}
