package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.Result;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.MessageStream;
import rotera.queue.RotFile;
import rotera.queue.Start;

/** A consumer that is stopped and started again gets every message at least once. */
@Timeout(60)
final class ResumeTest {
    @TempDir private Path directory;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final OutputStream outputBefore = Output.standard;
    private Path path = Path.of("");
    private Path position = Path.of("");

    @BeforeEach
    void create() {
        path = directory.resolve("55.rot");
        position = directory.resolve("position");
        RotFile.create(path, CreateOptions.ofSize(96 << 10));
    }

    @AfterEach
    void giveOutputBack() {
        Output.standard = outputBefore;
    }

    @Test
    void everyRunGoesOnWhereTheLastOneEnded() throws IOException {
        push("a", "b", "c");
        assertThat(stream("--count=2").output()).isEqualTo("a\nb\n");
        assertThat(position).hasContent("queue %s\nnext-id 2\n".formatted(uniqueId()));
        push("d");
        assertThat(stream().output()).isEqualTo("c\nd\n");
        assertThat(stream().output()).isEmpty();
        push("e");
        // What is in the file is more than what is asked for.
        assertThat(stream("--oldest").output()).isEqualTo("e\n");
        assertThat(directory.resolve("position.tmp")).doesNotExist();
    }

    @Test
    void firstRunBeginsWhereItIsToldTo() {
        push("a", "b", "c");
        assertThat(stream("--last=1").output()).isEqualTo("c\n");
        assertThat(stream("--last=1").output()).isEmpty();
    }

    @Test
    void whatWasMissedIsTold() {
        push("a");
        assertThat(stream().output()).isEqualTo("a\n");
        for (int i = 0; i < 100; i++) push("x".repeat(1000));
        assertThat(stream().errors()).contains("skipped ").contains("(ids 1 to ");
    }

    @Test
    void positionInAnotherQueueIsRefused() throws IOException {
        push("a");
        String text = "queue 00000000-0000-0000-0000-000000000000\nnext-id 1\n";
        Files.writeString(position, text);
        Result result = stream();
        assertThat(result.code()).isEqualTo(Exit.FAILED);
        assertThat(result.errors())
                .contains(position + " holds a position in the queue 00000000-")
                .contains("this queue is " + uniqueId());
        assertThat(position).hasContent(text);
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Files.writeString(position, "precious");
        assertThat(stream().errors()).contains("does not hold a position of rotera stream");
        assertThat(position).hasContent("precious");
        assertThat(Program.run("stream", "--resume=" + directory, path.toString()).errors())
                .contains("cannot read " + directory);
        push("a");
        Path nowhere = directory.resolve("no/position");
        Result result = Program.run("stream", "--resume=" + nowhere, path.toString());
        assertThat(result.errors()).contains("cannot keep the position in " + nowhere);
        assertThat(result.code()).isEqualTo(Exit.FAILED);
    }

    @Test
    void positionIsSavedWhileNothingComes() throws Exception {
        Output.standard = output;
        try (RotFile file = RotFile.open(path)) {
            Thread consumer = follow(file);
            push(file, "a");
            await("next-id 1");
            push(file, "b");
            push(file, "c");
            await("next-id 3");
            assertThat(output.toString(StandardCharsets.UTF_8)).isEqualTo("a\nb\nc\n");
            consumer.interrupt();
            consumer.join();
        }
    }

    @Test
    void consumerThatIsToldToStopSavesWhatItHandedOut() throws Exception {
        Output.standard = output;
        try (RotFile file = RotFile.open(path)) {
            for (int round = 0; round < 20; round++) {
                Thread consumer = follow(file);
                for (int i = 0; i < 50; i++) push(file, round + " " + i);
                Thread.sleep(round);
                consumer.interrupt();
                consumer.join();
                String lines = output.toString(StandardCharsets.UTF_8);
                assertThat(Resume.open(position, file.uniqueId()).start().orElse(0))
                        .isEqualTo(lines.lines().count());
            }
        }
    }

    private Thread follow(RotFile file) {
        Resume resume = Resume.open(position, file.uniqueId());
        MessageStream stream = file.stream(Start.id(resume.start().orElse(0)), Long.MAX_VALUE);
        Printer printer = new Printer(Printer.Format.TEXT, List.of(), '\n', false, true);
        return Thread.ofPlatform()
                .start(() -> {
                    try (stream) {
                        new Following(stream, printer, resume).run();
                    }
                });
    }

    private void await(String line) throws Exception {
        while (!Files.exists(position) || !Files.readString(position).contains(line + "\n"))
            Thread.sleep(5);
    }

    private Result stream(String... options) {
        List<String> words = new ArrayList<>(List.of("stream", "--resume=" + position));
        words.addAll(List.of(options));
        words.add(path.toString());
        return Program.run(words.toArray(String[]::new));
    }

    private String uniqueId() {
        try (RotFile file = RotFile.openReadOnly(path)) {
            return file.uniqueId().toString();
        }
    }

    private void push(String... messages) {
        try (RotFile file = RotFile.open(path)) {
            push(file, messages);
        }
    }

    private static void push(RotFile file, String... messages) {
        try (Batch batch = new Batch()) {
            for (String message : messages) batch.add(message);
            file.push(batch);
            file.commit();
        }
    }
}
