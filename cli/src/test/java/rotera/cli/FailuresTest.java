package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Every failure has a message that names the value, the limit and the remedy, and no stack. */
@Timeout(120)
final class FailuresTest {
    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "create --size 12parsecs a.rot | 2 | '12parsecs' is not a size",
                "create --size 1KiB a.rot      | 2 | size=1024 is too small: a rot file has at least 98304",
                "create --size 8EiB a.rot      | 2 | '8EiB' is not a size",
                "create --entries -1 a.rot     | 2 | '-1' is not a whole number from 0",
                "create                        | 2 | name one FILE",
                "push                          | 2 | QUEUE",
                "push --port 1 fifty-five      | 1 | no server answers on 127.0.0.1:1 (Connection refused): start one with: rotera server --create 55",
                "push 4294967296               | 2 | '4294967296' is neither the number of a queue (0 to 4294967295) nor a file",
                "push --nul --whole 55         | 2 | --nul and --whole exclude each other",
                "read --id 1 --oldest 55       | 2 | --id and --oldest exclude each other: give one of them",
                "read --since 1h --last 5 55   | 2 | --since and --last exclude each other",
                "stream --end --id 5 55        | 2 | --id and --end exclude each other",
                "read --end 55                 | 2 | --end",
                "read --since yesterday 55     | 2 | 'yesterday' is not a time: write how long ago (90s, 10m, 2h, 3d) or when",
                "read --format xml 55          | 2 | 'xml' is no format: write text, json, raw or hex",
                "push -5                       | 2 | -5",
                "read --id -1 55               | 2 | '-1' is not a whole number from 0 to 9223372036854775807",
                "read --id 9223372036854775808 55 | 2 | '9223372036854775808' is not a whole number",
                "read --count x 55             | 2 | 'x' is not a whole number",
                "ping --port 65536 55          | 2 | '65536' is not a whole number from 0 to 65535",
                "ping --port 1 55              | 1 | no server answers on 127.0.0.1:1 (Connection refused): start one with: rotera server --create 55",
                "ping --host no.such.host.invalid 55 | 1 | the host no.such.host.invalid is not known: check --host",
                "ping --port 1 ./55.rot        | 2 | --port makes no sense with the file ./55.rot",
                "read no/such.rot              | 1 | there is no file no/such.rot: check the name",
                "push no/such.rot              | 1 | there is no file no/such.rot: make it with: rotera create no/such.rot",
                "push --nul 55 a               | 2 | --nul is about standard input, which is not read when messages are given",
                "help frobnicate               | 2 | there is no command frobnicate: rotera help lists them",
                "stream --wait soon 55         | 2 | 'soon' is not a time",
                "check no/such.rot             | 1 | there is no file no/such.rot: check the name",
                "inspect /                     | 1 | / is a directory, not a rot file",
                "server --dir /no/such/dir     | 1 | there is no directory /no/such/dir",
                "server --create 55:9          | 2 | '55:9' is too small: a queue has at least 96KiB",
                "server --create x             | 2 | 'x' is neither the number",
                "server --auto-commit soon     | 2 | 'soon' is not a time",
                "client                        | 2 | name a command: ping, push, read or stream",
                "client push -c 0 55           | 2 | '0' is not a whole number from 1 to 1048576",
                "serve                         | 2 | serve",
            })
    void wrongInputIsExplained(String command, int code, String message) {
        assertFails(code, message, command.split(" +", -1));
    }

    @Test
    void existingFileIsNeverOverwritten() throws IOException {
        Path file = Files.writeString(directory.resolve("55.rot"), "precious");
        assertFails(1, "never overwritten", "create", "--size=1MiB", file.toString());
        assertFails(1, "never overwritten", "--create", "-s", file.toString());
        assertThat(file).hasContent("precious");
    }

    @Test
    void filesThatAreNoQueueAreRefused() throws IOException {
        Path garbage = Files.write(directory.resolve("1.rot"), new byte[100_000]);
        Path empty = Files.write(directory.resolve("2.rot"), new byte[0]);
        Path truncated = queue("3.rot", 1 << 20);
        try (RandomAccessFile file = new RandomAccessFile(truncated.toFile(), "rw")) {
            file.setLength(300_000);
        }
        for (Path path : new Path[] {garbage, empty, truncated}) {
            for (String command : new String[] {"read", "push", "ping", "check", "inspect"})
                assertFails(1, path.toString(), command, path.toString());
        }
    }

    @Test
    void directoriesThatAreMissingAreNamed() {
        assertFails(
                1,
                "there is no directory " + directory.resolve("x"),
                "create",
                directory.resolve("x/1.rot").toString());
    }

    @Test
    void directoriesWithoutPermissionAreNamed() {
        // Nobody can write there, not even root.
        assertFails(1, "/proc/1.rot", "create", "--size=96KiB", "/proc/1.rot");
    }

    @Test
    void idBeyondTheEndIsExplained() {
        String file = queue("55.rot", 96 << 10).toString();
        assertFails(
                1, "id 100 is beyond the end: the next message will be 1", "read", "-i100", file);
    }

    @Test
    void fileOfAServerIsHeldByItsProcess() throws IOException {
        try (ServerProcess server = ServerProcess.start(directory, "--create", "55:96KiB")) {
            String file = directory.resolve("55.rot").toString();
            for (String command : new String[] {"push", "read", "check", "inspect"})
                assertFails(1, "is held by process ", command, file);
            assertFails(1, "does not know queue 77", server.with("ping", "77"));
            assertFails(1, "does not know queue 77", server.with("push", "77"));
            assertFails(1, "id 7 is beyond the end", server.with("read", "--id=7", "55"));
            Result push =
                    Program.runProcess(
                            directory, "ok\n" + "x".repeat(60_000), server.with("push", "55"));
            assertThat(push.code()).isEqualTo(Exit.SKIPPED);
            assertThat(push.errors()).contains("line 2: message of 60000 bytes is larger");
        }
    }

    @Test
    void fileThatAServerCannotOpenIsExplainedToItsClients() throws IOException {
        Files.write(directory.resolve("7.rot"), new byte[100_000]);
        queue("8.rot", 128 << 10);
        try (ServerProcess server = ServerProcess.start(directory)) {
            assertFails(1, "7.rot is not a rot file", server.with("ping", "7"));
            assertFails(1, "queue 7 is there, but is not served", server.with("push", "7"));
            assertFails(1, "does not know queue 6", server.with("ping", "6"));
            assertThat(Program.run(server.with("ping", "8")).code()).isZero();
        }
    }

    @Test
    void messageThatIsTooLargeIsNamedByItsLine() {
        queue("55.rot", 96 << 10);
        Result push =
                Program.runProcess(
                        directory,
                        "one\ntwo\n" + "x".repeat(60_000) + "\nfour\n",
                        "push",
                        "55.rot");
        assertThat(push.code()).isEqualTo(Exit.SKIPPED);
        assertThat(push.errors())
                .contains("pushed 3 messages, ids 1 to 3, skipped 1 that were too large\n")
                .contains("line 3: message of 60000 bytes is larger than the ");
    }

    @Test
    void portInUseIsNamedWithTheRemedy() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertFails(
                    1,
                    "cannot listen on port " + other.getLocalPort() + " of 127.0.0.1",
                    "server",
                    "--dir=" + directory,
                    "--port=" + other.getLocalPort());
        }
    }

    @Test
    void anotherProgramBehindThePortIsNoServer() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual()
                    .start(() -> {
                        try (Socket socket = other.accept()) {
                            socket.getOutputStream().write(new byte[64]);
                        } catch (IOException e) {
                            // The test has ended.
                        }
                    });
            assertFails(
                    1, "is not a Rotera server", "ping", "--port=" + other.getLocalPort(), "55");
        }
    }

    @Test
    void damageIsListedAndFailsTheCheck() throws IOException {
        Path path = queue("55.rot", 96 << 10);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(4200);
            file.write(1);
        }
        Result check = Program.run("check", path.toString());
        assertThat(check.code()).isEqualTo(Exit.FAILED);
        assertThat(check.output()).contains("superblock copy 2").contains("intact: 1 message in");
    }

    @Test
    void fullDiskLeavesNoFile() throws Exception {
        Path mount = Files.createDirectory(directory.resolve("small"));
        assumeTrue(
                command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount.toString()),
                "mounting a file system of 1 MiB is not permitted here");
        try {
            String file = mount.resolve("1.rot").toString();
            assertFails(1, "No space left on device", "create", "--size=2MiB", file);
            assertThat(mount).isEmptyDirectory();
            assertThat(Program.run("create", "--size=128KiB", file).code()).isZero();
        } finally {
            assertThat(command("umount", mount.toString())).isTrue();
        }
    }

    @Test
    void fullOutputIsReported() throws Exception {
        queue("55.rot", 96 << 10);
        Path errors = directory.resolve("errors");
        Process read =
                Program.builder(directory, "read", "55.rot")
                        .redirectOutput(Path.of("/dev/full").toFile())
                        .redirectError(errors.toFile())
                        .start();
        assertThat(Program.exitCode(read)).isEqualTo(Exit.FAILED);
        assertThat(errors).content().contains("cannot write to standard output: No space left");
    }

    private Path queue(String name, long bytes) {
        Path path = directory.resolve(name);
        RotFile.create(path, CreateOptions.ofSize(bytes));
        try (RotFile file = RotFile.open(path);
                Batch batch = new Batch()) {
            file.push(batch.add("message"));
        }
        return path;
    }

    private static void assertFails(int code, String message, String... command) {
        Result result = Program.run(command);
        assertThat(result.errors()).contains(message).doesNotContain("\tat ", "Exception");
        assertThat(result.code()).isEqualTo(code);
    }

    private static boolean command(String... words) throws IOException, InterruptedException {
        return new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }
}
