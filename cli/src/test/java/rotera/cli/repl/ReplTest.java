package rotera.cli.repl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rotera.cli.Program;
import rotera.cli.Program.Result;
import rotera.cli.text.Exit;
import rotera.protocol.QueueInfo;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.QueueException;
import rotera.queue.QueueStatistics;
import rotera.queue.RotFile;
import rotera.queue.Start;
import rotera.queue.Status;

/** The lines of {@code rotera repl}, with files in the place of a server's queues. */
@Timeout(120)
final class ReplTest {
    @TempDir private Path directory;
    private final Said said = new Said();
    private final Files files = new Files();
    private Repl repl;

    @BeforeEach
    void begin() {
        RotFile.create(directory.resolve("55.rot"), CreateOptions.ofSize(96 << 10));
        repl = new Repl(files, said, false);
        assertThat(repl.begin("55.rot")).isTrue();
    }

    @AfterEach
    void end() {
        repl.close();
    }

    @Test
    void pingSpeaksLikeTheOriginal() {
        run(":push a", ":push b", ":push c", ":ping");
        assertThat(said.answers).containsExactly("Next message is 3. Server is alive.");
    }

    @Test
    void pushTakesTheWholeRestOfTheLine() {
        run(":push  two  blanks  around  ", ":push \u00e4 'quoted\" \\n :read");
        run(":read", ":read");
        assertThat(said.answers)
                .containsExactly(
                        "00000000000  two  blanks  around  ",
                        "00000000001 \u00e4 'quoted\" \\n :read");
        assertThat(said.notices).containsExactly("committed, next id 1", "committed, next id 2");
    }

    @Test
    void readMovesTheCurrentIdOn() {
        push(5);
        run(":read", ":read", ":read 4", ":read", ":current 2", ":read");
        assertThat(said.answers)
                .containsExactly(
                        "00000000000 m0", "00000000001 m1", "00000000004 m4", "00000000002 m2");
        assertThat(said.notices).contains("there is no message 5 yet");
    }

    @Test
    void readBatchShowsABatchFromTheCurrentId() {
        push(5);
        run(":print-ids", ":batch 2", ":read-batch", ":read-batch", ":read-batch", ":read-batch 1");
        assertThat(said.answers)
                .containsExactly(
                        "Overwriting old value of `batch` (10) with new value of 2",
                        "m0",
                        "m1",
                        "m2",
                        "m3",
                        "m4",
                        "m1",
                        "m2");
    }

    @Test
    void printIdsTogglesOrTakesAWord() {
        push(1);
        run(":print-ids", ":read 0", ":print-ids", ":read 0", ":print-ids off", ":read 0");
        run(":print-ids ON", ":read 0");
        assertThat(said.answers).containsExactly("m0", "00000000000 m0", "m0", "00000000000 m0");
    }

    @Test
    void overwrittenMessagesAreToldAsSkipped() {
        for (int i = 0; i < 20; i++) run(":push " + "x".repeat(5000));
        said.notices.clear();
        run(":read 0");
        assertThat(said.notices).hasSize(1);
        assertThat(said.notices.getFirst())
                .matches("skipped \\d+ messages \\(ids 0 to \\d+\\): .*");
        run(":current");
        assertThat(said.answers.getLast()).doesNotEndWith(" 1");
        repl.close();
        run(":queue 55.rot", ":read");
        assertThat(said.notices).as("the oldest one is meant without an id").hasSize(1);
    }

    @Test
    void streamOfAFileEndsAtItsEndWhereNobodyCanWait() {
        push(3);
        run(":stream 1", ":stream", ":stream 3");
        assertThat(said.answers).containsExactly("00000000001 m1", "00000000002 m2");
    }

    @Test
    void streamWaitsUntilItIsInterrupted() throws Exception {
        push(1);
        repl.close();
        repl = new Repl(files, said, true);
        repl.begin("55.rot");
        CompletableFuture<Boolean> stream =
                CompletableFuture.supplyAsync(() -> repl.run(":stream"));
        while (said.messages == 0) Thread.sleep(5);
        Thread.sleep(200);
        assertThat(stream).isNotDone();
        repl.interrupt();
        assertThat(stream.get()).isTrue();
        run(":ping");
    }

    @Test
    void currentShowsTheSettings() {
        push(2);
        run(":current", ":read", ":current");
        assertThat(said.answers)
                .containsSequence("Queue:       55.rot", "PrintIds:    On", "Batch:       10")
                .contains("Current:     oldest", "Current:     1");
    }

    @Test
    void inspectTellsWhatTheFileHolds() {
        push(2);
        run(":inspect");
        assertThat(said.answers)
                .anyMatch(line -> line.matches("committed-id +2"))
                .anyMatch(line -> line.matches("ring-bytes +49152"));
    }

    @Test
    void helpListsAllCommands() {
        run(":help", ":h");
        for (String command : repl.commands())
            assertThat(said.answers).anyMatch(line -> line.startsWith("    " + command));
    }

    @Test
    void quitEndsIt() {
        run(" :quit ");
        assertThat(repl.ended()).isTrue();
    }

    @Test
    void queueThatCannotBeOpenedIsNamedAndAScriptReachesNoOther() {
        assertThat(repl.run(":queue 77")).isFalse();
        assertThat(repl.run(":push for 77")).isFalse();
        assertThat(said.answers).isEmpty();
        assertThat(said.errors)
                .satisfiesExactly(
                        line -> assertThat(line).contains("no queue 77"),
                        line -> assertThat(line).contains("no queue is chosen"));
        run(":queue 55.rot", ":ping");
        assertThat(said.answers).endsWith("Next message is 0. Server is alive.");
    }

    @Test
    void personKeepsTheQueueWhenAnotherCannotBeOpened() {
        repl.close();
        repl = new Repl(files, said, true);
        assertThat(repl.begin("55.rot")).isTrue();
        run(":push a", ":current 1");
        assertThat(repl.run(":queue 77")).isFalse();
        assertThat(said.answers).isEmpty();
        assertThat(said.notices).endsWith("still using 55.rot");
        assertThat(repl.queueName()).isEqualTo("55.rot");
        run(":push b", ":read", ":queue 55.rot");
        assertThat(said.answers)
                .containsExactly(
                        "00000000001 b",
                        "Overwriting old value of `queue` (55.rot) with new value of 55.rot");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ping          | 'ping' is no command, did you mean :ping? (:help lists them)",
                ":pong         | ':pong' is no command (:help lists them)",
                ":ping 55      | :ping takes nothing behind it, not '55'",
                ":push         | :push needs the text of the message behind it",
                ":queue        | :queue needs a number, a name, or a file behind it",
                ":batch        | :batch needs a number of messages behind it",
                ":batch 0      | '0' is not a whole number from 1 to 1000000",
                ":read x       | 'x' is not a whole number from 0 to 9223372036854775807",
                ":read -1      | '-1' is not a whole number",
                ":read 7       | id 7 is beyond the end: the next message will be 0; :stream 7 waits for it",
                ":current 1 2  | '1 2' is not a whole number",
                ":print-ids no | :print-ids takes on, off or nothing, not 'no'",
            })
    void errorsNameWhatIsWrongAndTheReplGoesOn(String line, String message) {
        assertThat(repl.run(line)).isFalse();
        assertThat(said.errors).hasSize(1);
        assertThat(said.errors.getFirst()).contains(message);
        run(":ping");
    }

    @Test
    void largeMessagesAreRefusedWithTheLimit() {
        assertThat(repl.run(":push " + "x".repeat(20_000))).isFalse();
        assertThat(said.errors.getFirst()).contains("larger than the 12288 bytes");
    }

    @Test
    void withoutAQueueCommandsSaySo() {
        try (Repl fresh = new Repl(files, said, false)) {
            assertThat(fresh.run(":ping")).isFalse();
        }
        assertThat(said.errors).containsExactly("no queue is chosen: :queue NAME does it");
    }

    @Test
    void lostConnectionIsToldAndTriedAgain() {
        files.losable = true;
        run(":queue 55.rot", ":push a");
        for (String line : new String[] {":push b", ":ping", ":read 1"}) {
            files.opened().lost = true;
            run(line);
        }
        assertThat(said.notices).filteredOn(line -> line.contains("; trying again")).hasSize(3);
        assertThat(said.answers).endsWith("Next message is 2. Server is alive.", "00000000001 b");
    }

    @Test
    void pushThatMayHaveBeenTakenIsNotRepeated() {
        files.losable = true;
        run(":queue 55.rot");
        files.opened().lostAtPush = true;
        assertThat(repl.run(":push a")).isFalse();
        assertThat(said.errors).containsExactly("lost");
        assertThat(said.notices).endsWith("the next command connects again");
        run(":ping");
    }

    @Test
    void inAPipeAnswersArePlainAndTheExitCodeTellsOfFailures() {
        repl.close();
        assertThat(
                        Program.runProcess(
                                directory,
                                ":push \u00e4\033[31m\n:ping\n\n:read",
                                "repl",
                                "55.rot"))
                .isEqualTo(
                        new Result(
                                0,
                                "Next message is 1. Server is alive.\n00000000000 \u00e4\033[31m\n",
                                "committed, next id 1\n"));
        Result failed =
                Program.runProcess(directory, ":read x\n:ping\n:quit\n:push b\n", "repl", "55.rot");
        assertThat(failed.code()).isEqualTo(Exit.FAILED);
        assertThat(failed.output()).isEqualTo("Next message is 1. Server is alive.\n");
        assertThat(failed.errors()).contains("rotera repl: 'x' is not a whole number");
        assertThat(Program.runProcess(directory, ":ping\n", "repl", "no.rot").errors())
                .contains("there is no file no.rot: make it with: rotera create no.rot");
    }

    private void run(String... lines) {
        for (String line : lines)
            assertThat(repl.run(line)).as("%s: %s", line, said.errors).isTrue();
    }

    private void push(int messages) {
        for (int i = 0; i < messages; i++) run(":push m" + i);
        said.notices.clear();
    }

    private static final class Said implements ReplOutput {
        final List<String> answers = new ArrayList<>();
        final List<String> notices = new ArrayList<>();
        final List<String> errors = new ArrayList<>();
        volatile int messages;

        @Override
        public void answer(String line) {
            answers.add(line);
        }

        @Override
        public void notice(String line) {
            notices.add(line);
        }

        @Override
        public void error(String line) {
            errors.add(line);
        }

        @Override
        public void message(String prefix, byte[] message) {
            answers.add(prefix + new String(message, UTF_8));
            messages = answers.size();
        }

        @Override
        public void flush() {}
    }

    private final class Files implements ReplQueues {
        private boolean losable;
        private @Nullable Losable opened;

        @Override
        public Queue open(String name) {
            if (!name.equals("55.rot"))
                throw new QueueException.UnknownQueueException("no queue " + name);
            RotFile file = RotFile.open(directory.resolve(name));
            if (!losable) return file;
            opened = new Losable(file);
            return opened;
        }

        Losable opened() {
            return requireNonNull(opened);
        }

        @Override
        public List<QueueInfo> list() {
            return List.of();
        }
    }

    /** A queue whose connection can be lost. */
    private static final class Losable implements Queue {
        private final RotFile file;
        private boolean lost;
        private boolean lostAtPush;

        Losable(RotFile file) {
            this.file = file;
        }

        private RotFile file() {
            if (lost) throw new QueueException.ConnectionLostException("lost", null);
            return file;
        }

        @Override
        public Status ping() {
            return file().ping();
        }

        @Override
        public long push(Batch batch) {
            lost |= lostAtPush;
            return file().push(batch);
        }

        @Override
        public CompletableFuture<Long> pushAsync(Batch batch) {
            return file().pushAsync(batch);
        }

        @Override
        public long commit() {
            return file().commit();
        }

        @Override
        public CompletableFuture<Long> commitAsync() {
            return file().commitAsync();
        }

        @Override
        public int read(long id, int most, Messages into) {
            return file().read(id, most, into);
        }

        @Override
        public MessageStream stream(Start start, long total) {
            return file().stream(start, total);
        }

        @Override
        public QueueStatistics statistics() {
            return file().statistics();
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
