package rotera.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import rotera.queue.MessageStream;
import rotera.queue.QueueException;

/** Prints the messages of a stream as they come, until it ends or the process is told to stop. */
final class Following {
    private static final long STOP_SECONDS = 2;

    private final MessageStream stream;
    private final Printer printer;
    private final @Nullable Resume resume;
    private final CountDownLatch done = new CountDownLatch(1);
    private boolean damaged;

    Following(MessageStream stream, Printer printer, @Nullable Resume resume) {
        this.stream = stream;
        this.printer = printer;
        this.resume = resume;
    }

    /** Returns whether nothing was damaged. */
    boolean run() {
        Thread reader = Thread.currentThread();
        try (StopHook _ = new StopHook(() -> stop(reader))) {
            boolean more = true;
            while (more) more = step();
        } catch (InterruptedException e) {
            // Told to stop.
        } finally {
            if (resume != null) resume.save();
            done.countDown();
        }
        return !damaged;
    }

    private boolean step() throws InterruptedException {
        try {
            if (!next()) return false;
        } catch (QueueException.CorruptMessage e) {
            // Once for a damaged place: who follows a queue wants what comes behind it.
            System.err.println("rotera stream: " + e.getMessage());
            damaged = true;
            return true;
        }
        printer.print(stream.messages());
        printer.flush();
        if (resume != null && stream.messages().count() > 0)
            resume.handedOut(stream.messages().nextId());
        return true;
    }

    /** Waits for messages, but not longer than until the position is to be saved. */
    private boolean next() throws InterruptedException {
        if (resume == null || !resume.hasUnsaved()) return stream.next();
        Duration wait = Duration.ofNanos(Math.max(0, resume.nanosToSave()));
        boolean more = stream.next(wait);
        if (more && stream.messages().count() == 0) resume.save();
        return more;
    }

    /** Lets the reader finish what it is printing. */
    private void stop(Thread reader) {
        reader.interrupt();
        try {
            boolean ignored = done.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
