package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.Result;
import rotera.cli.command.Following;
import rotera.cli.queues.PositionFile;
import rotera.cli.text.Exit;
import rotera.cli.text.Output;
import rotera.cli.text.Printer;
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
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("55.rot", "position");
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
        assertThat(stream().errors()).contains("does not hold a position of rotera");
        assertThat(position).hasContent("precious");
        assertThat(Program.run("stream", "--resume=" + directory, path.toString()).errors())
                .contains(directory + " is not a regular file");
        Files.delete(position);
        Path other = Files.writeString(directory.resolve("other"), "precious");
        Files.createSymbolicLink(position, other);
        assertThat(stream().errors()).contains(position + " is a symbolic link");
        assertThat(other).hasContent("precious");
    }

    @Test
    void fileThatCannotBeWrittenIsNoticedBeforeTheFirstMessage() {
        push("a");
        for (Path nowhere : List.of(directory.resolve("no/position"), Path.of("/proc/position"))) {
            Result result = Program.run("stream", "--resume=" + nowhere, path.toString());
            assertThat(result.errors()).contains("cannot keep the position in " + nowhere);
            assertThat(result.output()).isEmpty();
            assertThat(result.code()).isEqualTo(Exit.FAILED);
        }
    }

    @Test
    void positionAheadOfTheQueueIsRefusedWithTheRemedy() throws IOException {
        push("a", "b");
        assertThat(stream().code()).isZero();
        Files.writeString(position, "queue %s\nnext-id 7\n".formatted(uniqueId()));
        Result result = stream();
        assertThat(result.code()).isEqualTo(Exit.FAILED);
        assertThat(result.errors())
                .contains(
                        position + " holds next-id 7, but the next message of the queue will be 2")
                .contains("write next-id 2 into the file");
        assertThat(stream("--id=9").errors()).contains("holds next-id 7");
        Files.delete(position);
        assertThat(stream("--id=9").errors()).contains("id 9 is beyond the end");
        assertThat(position).doesNotExist();
    }

    @Test
    void twoConsumersOfOneFileAreRefused() throws Exception {
        push("a");
        PositionFile held = open();
        held.begin(0);
        assertThat(stream().errors()).contains(position + " is in use by another rotera");
        held.reached(1);
        assertThat(held.save()).isTrue();
        // The new file is locked as well, and from another process.
        Result other = Program.runProcess(directory, "", "stream", "--resume=position", "55.rot");
        assertThat(other.code()).isEqualTo(Exit.FAILED);
        assertThat(other.errors()).contains("position is in use by another rotera");
        held.close();
        assertThat(
                        Program.runProcess(directory, "", "stream", "--resume=position", "55.rot")
                                .code())
                .isZero();
    }

    @Test
    void whoeverBeginsFirstHasTheFile() {
        PositionFile first = open();
        PositionFile second = open();
        first.begin(0);
        assertThatThrownBy(() -> second.begin(0)).hasMessageContaining("is in use");
        first.close();
    }

    @Test
    void fileBelongsToItsOwnerAndGroupAtMost() throws IOException {
        push("a");
        assertThat(stream().code()).isZero();
        assertThat(permissions()).isIn("rw-r-----", "rw-------");
        Files.setPosixFilePermissions(position, PosixFilePermissions.fromString("rw-------"));
        push("b");
        assertThat(stream().code()).isZero();
        assertThat(permissions()).isEqualTo("rw-------");
        Files.setPosixFilePermissions(position, PosixFilePermissions.fromString("rw-rw-rw-"));
        push("c");
        assertThat(stream().output()).isEqualTo("c\n");
        assertThat(permissions()).isIn("rw-r-----", "rw-------");
    }

    @Test
    void leftoversOfKilledConsumersAreRemoved() throws IOException {
        Path leftover = Files.writeString(directory.resolve("position.unsaved-12ab"), "queue");
        push("a");
        assertThat(stream().code()).isZero();
        assertThat(stream().code()).isZero();
        assertThat(leftover).doesNotExist();
    }

    @Test
    void fullDiskIsSaidOnceAndMessagesGoOn() throws Exception {
        Path small = Files.createDirectory(directory.resolve("small"));
        assumeTrue(
                command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small.toString()),
                "mounting a file system of 64 KiB is not permitted here");
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        PrintStream errorsBefore = System.err;
        System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
        try (PositionFile file =
                PositionFile.open(small.resolve("position"), UUID.randomUUID(), 100)) {
            file.begin(0);
            Path filler = small.resolve("filler");
            assertThat(command("dd", "if=/dev/zero", "of=" + filler, "bs=1k")).isFalse();
            for (int id = 1; id < 4; id++) {
                file.reached(id);
                assertThat(file.save()).isFalse();
            }
            assertThatThrownBy(file::finish).hasMessageContaining("messages before it come again");
            assertThat(file.nanosToSave()).isPositive();
            Files.delete(filler);
            assertThat(file.save()).isTrue();
            assertThat(small.resolve("position")).content().endsWith("next-id 3\n");
            assertThat(small.toFile().list()).containsExactly("position");
            assertThat(errors.toString(StandardCharsets.UTF_8).lines())
                    .satisfiesExactly(
                            line -> assertThat(line).contains("No space left").contains("Going on"),
                            line -> assertThat(line).contains("is kept in").endsWith("again"));
        } finally {
            System.setErr(errorsBefore);
            assertThat(command("umount", small.toString())).isTrue();
        }
    }

    private PositionFile open() {
        try (RotFile file = RotFile.openReadOnly(path)) {
            return PositionFile.open(position, file.uniqueId(), file.ping().next());
        }
    }

    private String permissions() throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(position));
    }

    private static boolean command(String... words) throws IOException, InterruptedException {
        return new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
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
                assertThat(position).content().endsWith("next-id " + lines.lines().count() + "\n");
            }
        }
    }

    private Thread follow(RotFile file) {
        PositionFile resumed = PositionFile.open(position, file.uniqueId(), file.ping().next());
        long begin = resumed.start().orElse(0);
        resumed.begin(begin);
        MessageStream stream = file.stream(Start.id(begin));
        Printer printer =
                new Printer(new Output(), Printer.Format.TEXT, List.of(), '\n', false, true);
        return Thread.ofPlatform()
                .start(() -> {
                    try (stream;
                            resumed) {
                        new Following(stream, printer, resumed).run();
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
