package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.cli.Program.Result;
import rotera.cli.Program.ServerProcess;
import rotera.client.ConnectOptions;
import rotera.client.RemoteQueue;
import rotera.client.Rotera;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.QueueException;
import rotera.queue.RotFile;

/** Files that a newer version has made use of, and files whose clock was wrong. */
@Timeout(120)
final class NewerFilesTest {
    private static final Path KEPT = Path.of("../queue/src/test/resources/rotera/queue");
    private static final String CONSUMERS = "named consumers (bit 0 of readOnlyBits)";

    @TempDir private Path directory;

    private Path file(String name, int number) throws IOException {
        return Files.copy(KEPT.resolve(name + ".rot"), directory.resolve(number + ".rot"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gap",
                "key-copies",
                "unknown-kind",
                "unknown-flag",
                "refuse-bit",
                "version-1"
            })
    void fileThatIsRefusedIsNotChangedByAnyCommand(String name) throws IOException {
        Path path = file(name, 1);
        byte[] before = Files.readAllBytes(path);
        for (String command : new String[] {"check", "inspect", "read", "push", "repair"}) {
            Result result = Program.run(command, path.toString());
            assertThat(result.code()).as(command).isEqualTo(1);
            assertThat(result.errors()).as(command).contains("nothing was changed");
            assertThat(Files.readAllBytes(path)).as(command).isEqualTo(before);
        }
        assertThat(directory.resolve("1.rot.repaired")).doesNotExist();
    }

    @Test
    void fileThatIsOnlyReadIsCheckedAndInspected() throws IOException {
        Path path = file("consumers", 1);
        Result check = Program.run("check", path.toString());
        assertThat(check.code()).isZero();
        assertThat(check.output())
                .contains(CONSUMERS, "use a newer Rotera", "all well, 2 messages");
        assertThat(Program.run("check", "--json", path.toString()).output())
                .contains("\"damage\":[],\"warnings\":[\"", CONSUMERS);
        assertThat(Program.run("inspect", path.toString()).output())
                .containsPattern("(?m)^warning +.*named consumers")
                .doesNotContainPattern("(?m)^damage ");
        assertThat(Program.run("read", path.toString()).output()).isEqualTo("alpha\nbeta\n");
        Result push =
                Program.runWithInput(
                        "more\n".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        "push",
                        path.toString());
        assertThat(push.code()).isEqualTo(1);
        assertThat(push.errors()).contains(CONSUMERS, "use a newer Rotera");
    }

    @Test
    void serverReadsWhatItDoesNotKnowAndRefusesPushes() throws Exception {
        byte[] before = Files.readAllBytes(file("consumers", 1));
        file("unknown-kind", 2);
        file("stepped-over", 3);
        try (ServerProcess server = ServerProcess.start(directory)) {
            assertThat(server.said())
                    .anyMatch(line -> line.contains("1.rot") && line.contains(CONSUMERS))
                    .anyMatch(line ->
                            line.contains("not serving") && line.contains("a record of kind 77"));
            try (RemoteQueue queue =
                            Rotera.connect(ConnectOptions.of("1").withPort(server.port()));
                    Batch batch = new Batch()) {
                assertThat(queue.ping().next()).isEqualTo(2);
                assertThatThrownBy(() -> queue.push(batch.add("more")))
                        .isInstanceOf(QueueException.NotWritableException.class)
                        .hasMessageContaining(CONSUMERS)
                        .hasMessageContaining("use a newer Rotera");
            }
            assertThat(Program.run(server.with("read", "1")).output()).isEqualTo("alpha\nbeta\n");
            Result push =
                    Program.runWithInput(
                            "more\n".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                            server.with("push", "1"));
            assertThat(push.code()).isEqualTo(1);
            assertThat(push.errors()).contains(CONSUMERS);
            assertThat(Program.run(server.with("queues")).output()).contains(CONSUMERS);
            assertThat(Program.run(server.with("read", "3")).output())
                    .isEqualTo("alpha\nbeta\ngamma\n");
            assertThat(
                            Program.runWithInput(
                                            "more\n"
                                                    .getBytes(
                                                            java.nio.charset.StandardCharsets
                                                                    .UTF_8),
                                            server.with("push", "3"))
                                    .code())
                    .isZero();
            Path copy = directory.resolve("copy.rot");
            assertThat(Program.run(server.with("copy", "1", copy.toString())).code()).isZero();
            try (RotFile original = RotFile.openReadOnly(copy)) {
                assertThat(original.failure()).isEmpty();
                assertThat(original.info().lineageId()).isEqualTo(new java.util.UUID(1, 2));
                assertThat(original.uniqueId()).isNotEqualTo(new java.util.UUID(1, 2));
            }
        }
        assertThat(Files.readAllBytes(directory.resolve("1.rot"))).isEqualTo(before);
    }

    @Test
    void clockThatWasAheadIsNamedAndTheClocksTimeShown() throws Exception {
        Path path = directory.resolve("1.rot");
        RotFile.create(path, CreateOptions.ofSize(96 << 10));
        try (RotFile file = RotFile.open(path);
                Batch batch = new Batch()) {
            file.push(batch.add("ahead").time(4_000_000_000_000L));
            file.push(batch.clear().add("set back").time(1_700_000_000_000L));
        }
        String words = "the last push was at 2096-10-02T07:06:40Z, but the clock shows ";
        Result check = Program.run("check", path.toString());
        assertThat(check.code()).isZero();
        assertThat(check.output()).contains(words, "set the clock if it is wrong", "all well");
        assertThat(Program.run("inspect", path.toString()).output())
                .containsPattern("(?m)^warning +" + words)
                .containsPattern("(?m)^newest-time +2023-11-14T22:13:20");
        try (ServerProcess server = ServerProcess.start(directory)) {
            assertThat(server.said()).anyMatch(line -> line.contains(words));
            String read = Program.run(server.with("read", "--print-times", "1")).output();
            assertThat(read)
                    .contains("2096-10-02T07:06:40.000Z", "ahead")
                    .contains("2023-11-14T22:13:20.000Z", "set back");
        }
        assertThat(Program.run("read", "--since", "2090-01-01T00:00:00Z", path.toString()).output())
                .isEqualTo("ahead\nset back\n");
    }
}
