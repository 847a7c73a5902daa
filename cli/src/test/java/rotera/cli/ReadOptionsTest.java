package rotera.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rotera.cli.Program.Result;
import rotera.cli.text.Exit;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.Envelope;
import rotera.queue.RotFile;

/** Where read and stream begin, and how messages look. */
final class ReadOptionsTest {
    @TempDir private Path directory;
    private String path = "";

    @BeforeEach
    void create() {
        Path file = directory.resolve("55.rot");
        RotFile.create(file, CreateOptions.ofSize(1 << 20));
        path = file.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "read                            | a b c d e",
                "read --oldest                   | a b c d e",
                "read --id 3                     | d e",
                "read --id 5                     | ''",
                "read --last 2                   | d e",
                "read --last 0                   | ''",
                "read --last 99                  | a b c d e",
                "read --last 3 --count 2         | c d",
                "read --since 1h                 | a b c d e",
                "read --since 1h -n 1            | a",
                "read --since 2100-01-01         | ''",
                "read --since 2001-01-01T00:00:00Z | a b c d e",
                "stream                          | a b c d e",
                "stream --end                    | ''",
                "stream --last 1                 | e",
                "stream --since 1h               | a b c d e",
                "stream --since 2100-01-01       | ''",
                "stream --id 1 --count 2         | b c",
            })
    void beginsWhereItIsToldTo(String command, String messages) {
        push("a", "b", "c", "d", "e");
        Result result = run(command);
        assertThat(result.code()).isZero();
        assertThat(result.output().lines().toList())
                .isEqualTo(messages.isEmpty() ? List.of() : List.of(messages.split(" ", -1)));
    }

    @Test
    void sinceTakesWhatWasPushedAtThatTimeOrLater() throws InterruptedException {
        push("before");
        Thread.sleep(5);
        Instant between = Instant.now();
        push("after");
        assertThat(run("read --since " + between).output()).isEqualTo("after\n");
        assertThat(run("stream --since " + between).output()).isEqualTo("after\n");
    }

    @Test
    void sinceFindsItsPlaceBeforeDamageAtTheEnd() throws IOException {
        push("first");
        push("second");
        damage("second");
        Result read = run("read --since 1h");
        assertThat(read.output()).isEqualTo("first\n");
        assertThat(read.errors()).contains("message 1 of ").contains("is damaged");
        assertThat(read.code()).isEqualTo(Exit.FAILED);
    }

    @Test
    void emptyQueueHasNothingSinceAnything() {
        assertThat(run("read --since 1h")).isEqualTo(new Result(0, "", ""));
        assertThat(run("read --last 5")).isEqualTo(new Result(0, "", ""));
    }

    @Test
    void idsAndTimesStandInFront() {
        push("a");
        assertThat(run("read --print-ids").output()).isEqualTo("00000000000 a\n");
        assertThat(run("read --print-times").output())
                .matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z a\n");
        assertThat(run("read -p --print-times").output()).matches("00000000000 [^ ]+Z a\n");
    }

    @Test
    void messagesEndWithNulIfWanted() {
        push("a\nb", "c");
        assertThat(run("read --nul").output()).isEqualTo("a\nb\0c\0");
    }

    @Test
    void rawIsBytesWithNothingBetween() throws IOException {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) all[i] = (byte) i;
        push(all, all);
        Path output = directory.resolve("output");
        assertThat(Program.runProcessTo(output, directory, "read", "--format=raw", path)).isZero();
        assertThat(Files.readAllBytes(output)).startsWith(all).endsWith(all).hasSize(512);
    }

    @Test
    void jsonIsAnObjectPerLine() {
        push("tell \"him\"\n\t\\ \u0001 Grüße \u202e", "");
        push(new byte[] {(byte) 0xff, 0});
        List<String> lines =
                run("read --format json")
                        .output()
                        .replaceAll("\"time\":\"[^\"]*Z\"", "\"time\":T")
                        .lines()
                        .toList();
        assertThat(lines)
                .containsExactly(
                        "{\"id\":0,\"time\":T,\"message\":"
                                + "\"tell \\\"him\\\"\\n\\t\\\\ \\u0001 Grüße \\u202e\"}",
                        "{\"id\":1,\"time\":T,\"message\":\"\"}",
                        "{\"id\":2,\"time\":T,\"base64\":\"/wA=\"}");
    }

    @Test
    void keysAndHeadersAreShown() {
        try (RotFile file = RotFile.open(Path.of(path));
                Batch batch = new Batch()) {
            Envelope envelope =
                    Envelope.NONE
                            .withKey("k\t1".getBytes(UTF_8))
                            .withTimeMillis(1_000_000_000_123L)
                            .withHeaders(
                                    List.of(
                                            header("a", new byte[] {'x'}),
                                            header("b", new byte[] {(byte) 0x80}),
                                            new Envelope.Header("c", Optional.empty())));
            batch.add(envelope, "value".getBytes(UTF_8));
            batch.add(Envelope.NONE.withNullValue(), new byte[0]);
            file.push(batch);
        }
        assertThat(run("read --print-ids --print-keys --print-headers").output())
                .isEqualTo("00000000000 k\\t1\ta=x,b=\\x80,c=\tvalue\n00000000001 -\t-\t\n");
        assertThat(run("read --format json").output().lines().toList())
                .satisfiesExactly(
                        first ->
                                assertThat(first)
                                        .endsWith(
                                                ",\"key\":\"k\\t1\",\"producer_time\":\"2001-09-09T01:46:40.123Z\",\"headers\":[{\"name\":\"a\",\"value\":\"x\"},{\"name\":\"b\",\"base64\":\"gA==\"},{\"name\":\"c\",\"value\":null}],\"message\":\"value\"}"),
                        second -> assertThat(second).endsWith(",\"message\":null}"));
        assertThat(run("read --format hex -n1").output())
                .contains(", 5 bytes, key k\\t1, headers a=x,");
    }

    @Test
    void hexShowsAllBytes() {
        push("0123456789abcdefXY");
        assertThat(run("read --format hex").output())
                .matches("message 0, [^ ]+Z, 18 bytes\n(?s).*")
                .endsWith(
                        """
                        00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|
                        00000010  58 59                                             |XY|
                        """);
    }

    @ParameterizedTest
    @CsvSource({
        "--format raw --print-ids, --print-ids goes with --format text",
        "--format raw --print-keys, --print-keys goes with --format text",
        "--format raw --print-headers, --print-headers goes with --format text",
        "--format json --nul, --nul goes with --format text",
    })
    void whatMakesNoSenseTogetherIsRefused(String options, String message) {
        Result result = run("read " + options);
        assertThat(result.errors()).contains(message);
        assertThat(result.code()).isEqualTo(Exit.USAGE);
    }

    private static Envelope.Header header(String name, byte[] value) {
        return new Envelope.Header(name, Optional.of(value));
    }

    private Result run(String command) {
        return Program.run((command.strip() + " " + path).split(" +", -1));
    }

    private void push(String... messages) {
        byte[][] bytes = new byte[messages.length][];
        for (int i = 0; i < messages.length; i++) bytes[i] = messages[i].getBytes(UTF_8);
        push(bytes);
    }

    private void push(byte[]... messages) {
        try (RotFile file = RotFile.open(Path.of(path));
                Batch batch = new Batch()) {
            for (byte[] message : messages) batch.add(message);
            file.push(batch);
        }
    }

    private void damage(String message) throws IOException {
        String content = Files.readString(Path.of(path), ISO_8859_1);
        try (RandomAccessFile file = new RandomAccessFile(path, "rw")) {
            file.seek(content.indexOf(message));
            file.write('X');
        }
    }
}
