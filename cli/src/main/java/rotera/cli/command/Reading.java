package rotera.cli.command;

import java.util.function.LongConsumer;
import rotera.cli.text.CommandException;
import rotera.cli.text.Printer;
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
        } catch (QueueException.CorruptMessageException e) {
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
            case Start.Time time -> idAt(queue, time);
        };
    }

    /** A stream knows where it begins, also where no message of that time has come yet. */
    private static long idAt(Queue queue, Start.Time start) {
        if (queue instanceof RotFile file) return file.idOf(start);
        try (MessageStream stream = queue.stream(start, 1)) {
            return stream.nextId();
        } catch (QueueException.CorruptMessageException e) {
            return e.id(); // reading from there says the same
        }
    }
}
