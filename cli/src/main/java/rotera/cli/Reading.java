package rotera.cli;

import java.util.function.LongConsumer;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.Start;
import rotera.queue.Status;

/** Prints messages that are there, without waiting for more. */
final class Reading {
    private Reading() {}

    /**
     * Prints.
     *
     * @param id first message
     * @param most how many at most
     * @param end no message from this one on
     * @param handedOut is told the id behind what standard output has taken
     * @return how many were printed
     */
    static long print(
            Queue queue, long id, long most, long end, Printer printer, LongConsumer handedOut) {
        long printed = 0;
        try (Messages messages = new Messages()) {
            for (long at = id; printed < most && at < end; at = messages.nextId()) {
                long wanted = Math.min(most - printed, end - at);
                if (queue.read(at, (int) Math.min(wanted, Integer.MAX_VALUE), messages) == 0) break;
                printer.print(messages);
                printed += messages.count();
                printer.flush();
                handedOut.accept(messages.nextId());
            }
        } catch (QueueException.CorruptMessage e) {
            throw new CommandException(e.getMessage() + " (--id " + e.resumeId() + ")", e);
        }
        return printed;
    }

    /** The id of the first message to print; the next committed id if there is none yet. */
    static long firstId(Queue queue, Start start, Status status) {
        return switch (start) {
            case Start.Oldest oldest -> 0;
            case Start.End end -> status.next();
            case Start.Id at -> at.id();
            case Start.Time time -> idAt(queue, time, status);
        };
    }

    /** A stream finds a time, but waits if that has not come: so the newest message is asked. */
    private static long idAt(Queue queue, Start.Time start, Status status) {
        if (queue instanceof RotFile file) return file.idOf(start);
        long newest = status.next() - 1;
        while (newest >= status.oldest()) {
            try (Messages messages = new Messages();
                    MessageStream stream = queue.stream(start, 1)) {
                if (queue.read(newest, 1, messages) == 0 || !messages.next()) break;
                if (messages.timeMillis() < start.time().toEpochMilli()) break;
                if (stream.next()) return stream.messages().firstId();
            } catch (QueueException.CorruptMessage e) {
                newest = e.id() - 1; // where it begins to be damaged
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        return status.next();
    }
}
