package rotera.cli.command;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import rotera.cli.queues.PositionFile;
import rotera.cli.system.ReaderWatch;
import rotera.cli.system.StopHook;
import rotera.cli.text.PipeClosedException;
import rotera.cli.text.Printer;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.QueueException;

/** Prints the messages of a stream as they come, until it ends or the process is told to stop. */
public final class Following {
    private static final long STOP_SECONDS = 2;

    private final MessageStream stream;
    private final Printer printer;
    private final @Nullable PositionFile position;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean readerGone;
    private boolean damaged;

    public Following(MessageStream stream, Printer printer, @Nullable PositionFile position) {
        this.stream = stream;
        this.printer = printer;
        this.position = position;
    }

    /** Returns whether nothing was damaged. */
    public boolean run() {
        Thread printing = Thread.currentThread();
        ReaderWatch.start(() -> {
            readerGone = true;
            printing.interrupt();
        });
        try (StopHook _ = new StopHook(() -> stop(printing))) {
            boolean more = !stream.isEnded();
            while (more) more = step();
        } catch (InterruptedException e) {
            if (readerGone) throw new PipeClosedException(e);
            // Told to stop.
        } finally {
            end();
        }
        return !damaged;
    }

    private void end() {
        try {
            if (position != null) position.finish();
        } finally {
            done.countDown();
        }
    }

    private boolean step() throws InterruptedException {
        Messages messages;
        try {
            messages = next();
        } catch (QueueException.CorruptMessageException e) {
            // Once for a damaged place: who follows a queue wants what comes behind it.
            System.err.println("rotera stream: " + e.getMessage());
            damaged = true;
            return true;
        }
        printer.print(messages);
        printer.flush();
        if (position != null && messages.count() > 0) {
            position.reached(messages.nextId());
            if (position.nanosToSave() <= 0) position.save();
        }
        return !stream.isEnded();
    }

    /** Waits for messages, but not longer than until the position is to be saved. */
    private Messages next() throws InterruptedException {
        if (position == null || !position.hasUnsaved()) return stream.take();
        Messages messages = stream.poll(Duration.ofNanos(Math.max(0, position.nanosToSave())));
        if (messages.count() == 0 && !stream.isEnded()) position.save();
        return messages;
    }

    /** Lets the thread finish what it is printing. */
    private void stop(Thread printing) {
        printing.interrupt();
        try {
            boolean ignored = done.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
