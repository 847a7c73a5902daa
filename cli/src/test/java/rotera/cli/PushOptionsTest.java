package rotera.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.Result;
import rotera.cli.text.Exit;
import rotera.queue.CreateOptions;
import rotera.queue.Messages;
import rotera.queue.RotFile;

/** How an input becomes messages. */
final class PushOptionsTest {
    @TempDir private Path directory;
    private Path path = Path.of("");

    @BeforeEach
    void create() {
        path = directory.resolve("55.rot");
        RotFile.create(path, CreateOptions.ofSize(4 << 20));
    }

    @Test
    void linesAreMessages() {
        assertThat(push("a\n\nb\r\nc")).isEqualTo("pushed 4 messages, ids 0 to 3\n");
        assertThat(messages()).containsExactly("a", "", "b\r", "c");
    }

    @Test
    void noInputIsNoMessage() {
        assertThat(push("")).isEqualTo("pushed 0 messages\n");
        assertThat(push("", "--nul")).isEqualTo("pushed 0 messages\n");
        assertThat(messages()).isEmpty();
    }

    @Test
    void messagesOfTheCommandLineArePushedAsTheyAre() {
        Result push =
                Program.runWithInput(
                        "not read".getBytes(UTF_8),
                        "push",
                        path.toString(),
                        "a",
                        "two\nlines ",
                        "");
        assertThat(push).isEqualTo(new Result(0, "", "pushed 3 messages, ids 0 to 2\n"));
        assertThat(Program.run("push", path.toString(), "--", "--nul").code()).isZero();
        assertThat(messages()).containsExactly("a", "two\nlines ", "", "--nul");
    }

    @Test
    void messageOfTheCommandLineThatCannotBeReadIsRefused() {
        Result push = Program.run("push", path.toString(), "a", "\ufffd");
        assertThat(push.code()).isEqualTo(Exit.FAILED);
        assertThat(push.errors())
                .contains("message 2 is no text in ")
                .contains("push it on standard input");
        assertThat(messages()).isEmpty();
    }

    @Test
    void nulEndsMessages() {
        assertThat(push("a\nb\0\0c", "--nul")).isEqualTo("pushed 3 messages, ids 0 to 2\n");
        assertThat(messages()).containsExactly("a\nb", "", "c");
    }

    @Test
    void wholeInputIsOneMessage() {
        String input = "line\0\n".repeat(100_000);
        assertThat(push(input, "--whole")).isEqualTo("pushed 1 message, id 0\n");
        assertThat(push("", "--whole")).isEqualTo("pushed 1 message, id 1\n");
        assertThat(messages()).containsExactly(input, "");
    }

    @Test
    void wholeInputThatIsTooLargeIsRefused() {
        Result push = run("x".repeat(3 << 20), "--whole");
        assertThat(push.errors())
                .contains("the input is longer than 1032192 bytes, the largest message");
        assertThat(push.code()).isEqualTo(Exit.FAILED);
        assertThat(messages()).isEmpty();
    }

    @Test
    void messagesOfAllSizesComeBack() {
        StringBuilder input = new StringBuilder();
        for (int i = 0; i < 300; i++) input.append("m").append("x".repeat(i * 37)).append('\n');
        input.append("y".repeat(700_000)).append('\n').append("end");
        assertThat(push(input.toString())).isEqualTo("pushed 302 messages, ids 0 to 301\n");
        assertThat(messages()).isEqualTo(input.toString().lines().toList());
    }

    @Test
    void messageThatIsTooLargeIsSkippedNamedAndCounted() {
        String large = "x".repeat(3 << 20);
        Result push = run("a\n" + large + "\nb\n" + large + "y\nc");
        assertThat(push.code()).isEqualTo(Exit.SKIPPED);
        assertThat(push.errors().lines())
                .satisfiesExactly(
                        line ->
                                assertThat(line)
                                        .startsWith(
                                                "line 2: message of 3145728 bytes is larger than the ")
                                        .endsWith("Skipped"),
                        line ->
                                assertThat(line)
                                        .startsWith(
                                                "line 4: message of 3145729 bytes is larger than the "),
                        line ->
                                assertThat(line)
                                        .isEqualTo(
                                                "pushed 3 messages, ids 0 to 2, skipped 2 that were too large"));
        assertThat(messages()).containsExactly("a", "b", "c");
        assertThat(run("d\0" + large, "--nul").errors())
                .contains("message 2: message of 3145728 bytes is larger");
        assertThat(messages()).containsExactly("a", "b", "c", "d");
    }

    @Test
    void failFastStopsAtMessageThatIsTooLargeAndKeepsWhatCameBefore() {
        for (String large : new String[] {"x".repeat(3 << 20), "x".repeat(1100_000)}) {
            Result push = run("a\nb\n" + large + "\nd\n", "--fail-fast");
            assertThat(push.code()).isEqualTo(Exit.FAILED);
            assertThat(push.errors()).contains("pushed 2 messages").contains("line 3");
        }
        assertThat(messages()).containsExactly("a", "b", "a", "b");
    }

    private String push(String input, String... options) {
        Result result = run(input, options);
        assertThat(result.code()).isZero();
        return result.errors();
    }

    private Result run(String input, String... options) {
        List<String> words = new ArrayList<>(List.of(options));
        words.addFirst("push");
        words.add(path.toString());
        return Program.runWithInput(input.getBytes(UTF_8), words.toArray(String[]::new));
    }

    private List<String> messages() {
        List<String> texts = new ArrayList<>();
        try (RotFile file = RotFile.openReadOnly(path);
                Messages messages = new Messages()) {
            for (long id = 0; file.read(id, 1000, messages) > 0; id = messages.nextId())
                while (messages.next()) texts.add(new String(messages.toByteArray(), UTF_8));
        }
        return texts;
    }
}
