package rotera.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rotera.bench.Moment;
import rotera.bench.ProcessUse;
import rotera.bench.Work;
import rotera.cli.bench.BenchProgress;
import rotera.cli.text.Exit;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

@Tag("slow")
class BenchTest {
    @TempDir private Path directory;

    private static Program.Result bench(String... options) {
        String[] words = new String[options.length + 3];
        words[0] = "bench";
        words[1] = "--warm-up=50ms";
        words[2] = "--time=200ms";
        System.arraycopy(options, 0, words, 3, options.length);
        return Program.run(words);
    }

    private static void assertNothingIsLeft(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void fileOfItsOwnIsMeasuredAndRemoved() throws IOException {
        Program.Result result = bench("--dir=" + directory, "--size=4MiB");
        assertThat(result.errors()).isEmpty();
        assertThat(result.code()).isEqualTo(Exit.OK);
        assertThat(result.output())
                .contains("MESSAGES/S", "a file of 4 MiB in " + directory)
                .containsPattern("(?m)^push +[1-9]")
                .containsPattern("(?m)^commit +[1-9]")
                .containsPattern("(?m)^read +[1-9]")
                .containsPattern("(?m)^end-to-end +[1-9]")
                .containsPattern("(?m)^tail +[1-9]");
        assertNothingIsLeft(directory);
    }

    @Test
    void serverOfItsOwnIsMeasuredAndEnded() throws IOException {
        Program.Result result =
                bench(
                        "--server",
                        "--dir=" + directory,
                        "--size=4MiB",
                        "--connections=3",
                        "--outstanding=4",
                        "--work=push,read,tail",
                        "--json");
        assertThat(result.errors()).isEmpty();
        assertThat(result.code()).isEqualTo(Exit.OK);
        assertThat(result.output())
                .startsWith("{\"target\":\"a server")
                .contains("\"connections\":3", "\"outstanding\":4", "\"core_percent\":")
                .containsPattern("\"work\":\"tail\".*\"verified\":[1-9]")
                .doesNotContain("\"verified\":0", "\"process\":null");
        assertNothingIsLeft(directory);
    }

    @Test
    void eachWayOfCommittingMakesWhatIsPushedDurable() {
        for (String when : new String[] {"each", "5ms", "end"}) {
            Program.Result result =
                    bench("--dir=" + directory, "--size=1MiB", "--work=push", "--commit=" + when);
            assertThat(result.errors()).isEmpty();
            assertThat(result.code()).as(when).isEqualTo(Exit.OK);
        }
    }

    @Test
    void readingAFileThatIsThereLeavesItAsItWas() throws IOException {
        Path path = directory.resolve("1.rot");
        RotFile.create(path, CreateOptions.ofSize(96 << 10));
        Program.runWithInput("a\nb\nc\n".getBytes(UTF_8), "push", path.toString());
        Path before = Files.copy(path, directory.resolve("before"));
        Program.Result result = bench("--into=" + path, "--work=read");
        assertThat(result.code()).isEqualTo(Exit.OK);
        assertThat(result.output()).containsPattern("(?m)^read +[1-9]");
        assertThat(path).hasSameBinaryContentAs(before);
    }

    @Test
    void queueThatIsThereIsNotPushedIntoUnasked() {
        Program.Result result = bench("--into=55");
        assertThat(result.code()).isEqualTo(Exit.USAGE);
        assertThat(result.errors()).contains("--into needs --work");
    }

    @Test
    void serverThatIsThereIsFoundByItsPort() throws IOException {
        try (Program.ServerProcess server =
                Program.ServerProcess.start(directory, "--create=7:1MiB")) {
            Program.Result result =
                    bench("--port=" + server.port(), "--into=7", "--work=commit", "--json");
            assertThat(result.errors()).isEmpty();
            assertThat(result.output())
                    .contains("\"core_percent\":")
                    .containsPattern("\"process\":\\{")
                    .containsPattern("\"pushed\":[1-9]");
        }
        try (RotFile file = RotFile.openReadOnly(directory.resolve("7.rot"))) {
            assertThat(file.ping().next()).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --message-size=8       | is not within 16 bytes and 64 MiB
                    --work=walk            | is not a work: push, commit, read
                    --commit=sometimes     | neither each nor end nor a time
                    --connections=65       | 65
                    --port=4711            | --port needs a queue of that server
                    --commit=end           | which see what is committed
                    """)
    void wrongUsageSaysWhatIsAllowed(String option, String message) {
        Program.Result result = bench(option);
        assertThat(result.code()).isEqualTo(Exit.USAGE);
        assertThat(result.errors()).contains(message);
    }

    @Test
    void queueThatExistsExcludesAServerOfItsOwn() {
        assertThat(bench("--into=55", "--server").code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void directoryThatIsNotThereFails() {
        Program.Result result = bench("--dir=" + directory.resolve("none"));
        assertThat(result.code()).isEqualTo(Exit.FAILED);
        assertThat(result.errors()).contains("there is no directory");
    }

    @Test
    void messageThatDoesNotFitTheFileFailsAndLeavesNothing() throws IOException {
        Program.Result result =
                bench("--dir=" + directory, "--size=96KiB", "--message-size=32KiB", "--work=push");
        assertThat(result.code()).isEqualTo(Exit.FAILED);
        assertThat(result.errors()).contains("32768");
        assertNothingIsLeft(directory);
    }

    @Test
    void progressIsOneLine() {
        Moment moment =
                new Moment(
                        Work.PUSH,
                        2.04,
                        1234567,
                        true,
                        Optional.of(new ProcessUse(0.5, 20 << 20, 1 << 30)));
        assertThat(BenchProgress.line(moment))
                .isEqualTo("push  2 s  1,234,567 messages/s, 0.5 cores, 20 MiB  (warming up)");
    }
}
