package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.cli.Program.Result;
import rotera.cli.Program.ServerProcess;
import rotera.cli.text.Exit;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/** {@code rotera delete} and {@code rotera rename}, on queues of a server and on files. */
@Timeout(60)
final class DeleteAndRenameTest {
    @TempDir private Path directory;

    @BeforeEach
    void create() {
        RotFile.create(
                directory.resolve("7.rot"), CreateOptions.ofSize(1 << 20).withName("orders"));
        RotFile.create(directory.resolve("55.rot"), CreateOptions.ofSize(1 << 20));
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    @Test
    void aQueueOfAServerIsDeletedByIt() throws IOException {
        try (ServerProcess server = ServerProcess.start(directory)) {
            Result deleted = Program.run(server.with("delete", "--yes", "orders"));
            assertThat(deleted.output()).isEqualTo("deleted queue 7 (orders)\n");
            assertThat(deleted.errors()).isEmpty();
            assertThat(deleted.code()).isZero();
            assertThat(directory.resolve("7.rot")).doesNotExist();
            Result again = Program.run(server.with("delete", "--yes", "7"));
            assertThat(again.code()).isEqualTo(Exit.FAILED);
            assertThat(again.errors()).contains("does not know queue 7: rotera queues lists");
            assertThat(Program.run(server.with("queues")).output().lines()).hasSize(1);
        }
    }

    @Test
    void aQueueOfAServerIsRenamedByIt() throws IOException {
        try (ServerProcess server = ServerProcess.start(directory)) {
            Result renamed = Program.run(server.with("rename", "orders", "bills"));
            assertThat(renamed.output()).isEqualTo("queue 7 is named bills now\n");
            assertThat(renamed.code()).isZero();
            assertThat(Program.run(server.with("ping", "bills")).code()).isZero();
            assertThat(Program.run(server.with("ping", "orders")).code()).isEqualTo(Exit.FAILED);
            assertThat(Program.run(server.with("queues")).output()).startsWith("7\tbills\t");

            Result taken = Program.run(server.with("rename", "55", "bills"));
            assertThat(taken.code()).isEqualTo(Exit.FAILED);
            assertThat(taken.errors()).contains("queue 7 has the name 'bills' already");
            Result large = Program.run(server.with("rename", "55", "n".repeat(256)));
            assertThat(large.code()).isEqualTo(Exit.FAILED);
            assertThat(large.errors()).contains("name of 256 bytes is longer than 255");
        }
    }

    @Test
    void aFileOfAServerIsLeftToIt() throws IOException {
        try (ServerProcess server = ServerProcess.start(directory)) {
            Result deleted = Program.run("delete", "--yes", file("7.rot"));
            assertThat(deleted.code()).isEqualTo(Exit.FAILED);
            assertThat(deleted.errors()).contains("is held by process", "rotera delete NUMBER");
            Result renamed = Program.run("rename", file("7.rot"), "bills");
            assertThat(renamed.code()).isEqualTo(Exit.FAILED);
            assertThat(renamed.errors()).contains("is held by process", "rotera rename NUMBER");
            assertThat(Program.run(server.with("ping", "orders")).code()).isZero();
        }
        assertThat(directory.resolve("7.rot")).exists();
    }

    @Test
    void aFileThatNobodyHasOpenIsDeletedOrRenamed() {
        assertThat(Program.run("rename", file("7.rot"), "bills").output())
                .isEqualTo(file("7.rot") + " is named bills now\n");
        try (RotFile file = RotFile.openReadOnly(directory.resolve("7.rot"))) {
            assertThat(file.name()).contains("bills");
        }
        assertThat(Program.run("delete", "--yes", file("7.rot")).output())
                .isEqualTo("deleted " + file("7.rot") + "\n");
        assertThat(directory.resolve("7.rot")).doesNotExist();
        Result gone = Program.run("delete", "--yes", file("7.rot"));
        assertThat(gone.code()).isEqualTo(Exit.FAILED);
        assertThat(gone.errors()).contains("there is no file");
    }

    @Test
    void withoutATerminalYesIsNeeded() {
        Result result = Program.runProcess(directory, "y\n", "delete", "./7.rot");
        assertThat(result.code()).isEqualTo(Exit.USAGE);
        assertThat(result.errors()).contains("--yes deletes without a question");
        assertThat(directory.resolve("7.rot")).exists();
    }

    @Test
    void onATerminalTheAnswerDecides() throws Exception {
        try (PseudoTerminal terminal = PseudoTerminal.startRotera(directory, "delete", "./7.rot")) {
            terminal.await("Delete ./7.rot with 0 messages for good? [y/N] ");
            terminal.type("\r");
            terminal.await("nothing was deleted");
            terminal.await("ended with 1");
        }
        assertThat(directory.resolve("7.rot")).exists();
        try (PseudoTerminal terminal = PseudoTerminal.startRotera(directory, "delete", "./7.rot")) {
            terminal.await("[y/N] ");
            terminal.type("y\r");
            terminal.await("deleted ./7.rot");
            terminal.await("ended with 0");
        }
        assertThat(directory.resolve("7.rot")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "55", "a/b", "x.rot"})
    void aNameThatCommandsWouldNotFindIsRefused(String name) {
        Result result = Program.run("rename", file("7.rot"), name);
        assertThat(result.code()).isEqualTo(Exit.USAGE);
        try (RotFile file = RotFile.openReadOnly(directory.resolve("7.rot"))) {
            assertThat(file.name()).contains("orders");
        }
    }
}
