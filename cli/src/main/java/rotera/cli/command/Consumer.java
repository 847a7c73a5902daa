package rotera.cli.command;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import rotera.cli.queues.PositionFile;
import rotera.cli.system.StopHook;
import rotera.cli.text.CommandException;
import rotera.cli.text.Exit;
import rotera.cli.text.Plural;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.QueueException;

/** Runs a command for each batch of a stream, until it succeeds. */
final class Consumer {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    /** How long a command may go on after the process was told to stop, and after its SIGTERM. */
    private static final long FINISH_SECONDS = 5;

    private final MessageStream stream;
    private final OutputOptions outputOptions;
    private final PositionFile position;
    private final List<String> command;
    private final CountDownLatch done = new CountDownLatch(1);
    private boolean started;
    private boolean damaged;

    // Guarded by this.
    private boolean stopping;
    private @Nullable Process running;

    Consumer(
            MessageStream stream,
            OutputOptions outputOptions,
            PositionFile position,
            List<String> command) {
        this.stream = stream;
        this.outputOptions = outputOptions;
        this.position = position;
        this.command = command;
    }

    /** Handles all messages below {@code end}, and returns the exit code. */
    int run(long end) {
        Thread handling = Thread.currentThread();
        try (StopHook _ = new StopHook(() -> stop(handling))) {
            boolean more = true;
            while (more && !isStopping()) more = handleNext(end);
        } catch (InterruptedException e) {
            // Told to stop.
        } finally {
            finish();
        }
        return damaged ? Exit.FAILED : Exit.OK;
    }

    private void finish() {
        try {
            position.finish();
        } finally {
            done.countDown();
        }
    }

    private boolean handleNext(long end) throws InterruptedException {
        Messages messages;
        try {
            messages = next();
        } catch (QueueException.CorruptMessageException e) {
            System.err.println("rotera consume: " + e.getMessage());
            damaged = true;
            return e.resumeId() < end;
        }
        if (messages.count() == 0) return !stream.isEnded();
        try (BatchFile batch = new BatchFile()) {
            batch.write(messages, outputOptions);
            handle(batch, messages);
        } catch (IOException e) {
            throw new CommandException("cannot hand out a batch: " + e.getMessage(), e);
        }
        position.reached(messages.nextId());
        position.save();
        return messages.nextId() < end;
    }

    /** Waits for messages; comes back without any to save the position. */
    private Messages next() throws InterruptedException {
        if (!position.hasUnsaved()) return stream.take();
        Messages messages = stream.poll(Duration.ofNanos(Math.max(0, position.nanosToSave())));
        position.save();
        return messages;
    }

    private void handle(BatchFile batch, Messages messages) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (true) {
            String failure = failureOf(batch);
            if (failure == null) return;
            if (isStopping()) throw new InterruptedException();
            System.err.printf(
                    "rotera consume: %s %s at %s: trying again in %d s%n",
                    command.getFirst(),
                    failure,
                    Plural.ids(messages.firstId(), messages.nextId()),
                    pause.toSeconds());
            Thread.sleep(pause);
            pause = pause.multipliedBy(2);
            if (pause.compareTo(LONGEST_PAUSE) > 0) pause = LONGEST_PAUSE;
        }
    }

    /** Runs the command once; null if it succeeded. */
    private @Nullable String failureOf(BatchFile batch) throws InterruptedException {
        Process process;
        try {
            process = start(batch);
        } catch (IOException e) {
            if (started) return "cannot be started (" + e.getMessage() + ")";
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
        int code = process.waitFor();
        synchronized (this) {
            running = null;
        }
        return code == 0 ? null : "ended with exit code " + code;
    }

    private synchronized Process start(BatchFile batch) throws IOException, InterruptedException {
        if (stopping) throw new InterruptedException();
        Process process =
                new ProcessBuilder(command)
                        .redirectInput(batch.file())
                        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        started = true;
        running = process;
        return process;
    }

    private synchronized boolean isStopping() {
        return stopping;
    }

    /** Runs in a thread of its own when the process is told to stop, and ends the process. */
    private void stop(Thread handling) {
        Process process;
        synchronized (this) {
            stopping = true;
            process = running;
            if (process == null) handling.interrupt();
        }
        int code = Exit.FAILED;
        try {
            if (process != null) stop(process);
            if (done.await(FINISH_SECONDS, TimeUnit.SECONDS) && !position.hasUnsaved())
                code = damaged ? Exit.FAILED : Exit.OK;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // The JVM would end with 143 after a SIGTERM: what was asked for was done.
        Runtime.getRuntime().halt(code);
    }

    private static void stop(Process process) throws InterruptedException {
        if (process.waitFor(FINISH_SECONDS, TimeUnit.SECONDS)) return;
        process.destroy();
        if (process.waitFor(FINISH_SECONDS, TimeUnit.SECONDS)) return;
        process.destroyForcibly();
    }
}
