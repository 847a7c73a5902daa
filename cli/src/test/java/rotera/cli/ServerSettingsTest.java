package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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

/** {@code rotera server --config FILE}. */
@Timeout(60)
final class ServerSettingsTest {
    @TempDir private Path directory;

    @Test
    void fileHoldsTheOptionsUnderTheirNames() throws IOException {
        write(
                """
                # of a test
                dir = rots\s
                host=localhost
                create=1:96KiB,2:128KiB
                auto-commit=10ms
                """);
        try (ServerProcess server = ServerProcess.start(directory, "--config=settings")) {
            assertThat(server.said())
                    .contains("rotera: listening on localhost:" + server.port())
                    .anyMatch(line -> line.endsWith("rots/1.rot of 96 KiB"))
                    .anyMatch(line -> line.endsWith("rots/2.rot of 128 KiB"));
        }
    }

    @Test
    void optionsOfTheCommandLineWin() throws IOException {
        write("port=1\ndir=nowhere\ncreate=1:96KiB\n");
        try (ServerProcess server =
                ServerProcess.start(
                        directory, "--dir", "here", "--config=settings", "--create=2:96KiB")) {
            assertThat(server.port()).isGreaterThan(1);
            assertThat(directory.resolve("here/2.rot")).exists();
            assertThat(directory.resolve("here/1.rot")).doesNotExist();
            assertThat(directory.resolve("nowhere")).doesNotExist();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prt=1            | there is no setting 'prt', only auto-commit, create, dir, host, kafka, kafka-advertise, kafka-auto-create, kafka-max-topic-size, kafka-topic-size, port",
                "config=other     | there is no setting 'config'",
                "port=99999       | port=99999: '99999' is not a whole number from 0 to 65535",
                "create=1:96KiB,x | create=1:96KiB,x: 'x' is neither the number of a queue",
                "create=1:9       | create=1:9: '1:9' is too small: a queue has at least 96KiB",
                "auto-commit=soon | auto-commit=soon: 'soon' is not a time",
            })
    void wrongSettingsAreNamedWithTheirFile(String line, String message) throws IOException {
        Path file = write(line);
        Result result = Program.run("server", "--config=" + file);
        assertThat(result.errors()).contains(file + ": " + message).doesNotContain("Exception");
        assertThat(result.code()).isEqualTo(Exit.FAILED);
    }

    @Test
    void fileThatCannotBeReadIsNamed() {
        assertThat(Program.run("server", "--config=no/such").errors())
                .contains("there is no file no/such: check --config");
        assertThat(Program.run("server", "--config=/").errors())
                .contains("cannot read the settings in /: Is a directory");
    }

    @Test
    void helpFitsAScreen() {
        assertThat(Program.run("server", "--help").output().lines())
                .hasSizeLessThan(40)
                .allMatch(line -> line.length() <= 80);
    }

    private Path write(String settings) throws IOException {
        return Files.writeString(directory.resolve("settings"), settings);
    }
}
