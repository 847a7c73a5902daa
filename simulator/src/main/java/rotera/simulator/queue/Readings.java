package rotera.simulator.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.Start;
import rotera.queue.Status;
import rotera.simulator.Choices;

/** Reads a queue in all ways and compares what comes with the model. */
final class Readings {
    private final QueueModel model;
    private final Choices random;
    private final Consumer<String> note;

    Readings(QueueModel model, Choices random, Consumer<String> note) {
        this.model = model;
        this.random = random;
        this.note = note;
    }

    /** Reads from anywhere, or goes on. */
    void anywhere(RotFile opened, Messages into) {
        Status status = opened.ping();
        long id =
                switch (random.nextInt(4)) {
                    case 0 -> random.nextLong(status.next() + 10);
                    case 1 -> into.nextId();
                    case 2 -> Math.max(0, status.next() - random.nextInt(20));
                    default ->
                            status.oldest() + random.nextLong(status.next() - status.oldest() + 1);
                };
        readOnce(opened, id, 1 + random.nextInt(random.nextBoolean() ? 5 : 2000), into);
    }

    /** Reads once and compares; returns where to go on. */
    private long readOnce(RotFile opened, long id, int most, Messages into) {
        Status status = opened.ping();
        model.settle(status.next());
        try {
            int count = opened.read(id, most, into);
            if (count == 0 && id < status.next() && status.oldest() < status.next())
                throw new AssertionError(
                        "nothing at " + id + ", next is " + status.next() + " (I2)");
            model.compare(id, opened.ping().oldest(), into);
            return into.nextId();
        } catch (QueueException.CorruptMessageException e) {
            note.accept("damage: " + e.getMessage());
            model.compareDamage(id, e);
            return e.resumeId();
        }
    }

    /** Every message that is kept is there, complete and byte-exact. */
    void everything(RotFile opened, Messages into, long clockMillis) {
        Status status = opened.ping();
        for (long id = status.oldest(); id < status.next(); )
            id = readOnce(opened, id, Integer.MAX_VALUE, into);
        long millis = clockMillis - random.nextInt(1000);
        long expected = model.idAtTime(millis, status.oldest());
        if (expected >= 0) compareTime(opened, millis, Math.max(expected, status.oldest()));
    }

    private void compareTime(RotFile opened, long millis, long expected) {
        if (expected == model.settledId()) return;
        try (MessageStream stream = opened.stream(Start.time(Instant.ofEpochMilli(millis)), 1)) {
            long found = stream.poll(Duration.ZERO).firstId();
            if (found != expected)
                throw new AssertionError(
                        "time " + millis + " leads to " + found + ", not " + expected);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void stream(RotFile opened) {
        Status status = opened.ping();
        long from = random.nextLong(status.next() + 1);
        try (MessageStream stream =
                opened.stream(Start.id(from), 50).chunk(1 + random.nextInt(30))) {
            for (int i = 0; i < 10 && !stream.isEnded(); i++) {
                Messages messages;
                try {
                    messages = stream.poll(Duration.ZERO);
                } catch (QueueException.CorruptMessageException e) {
                    model.compareDamage(from, e);
                    from = e.resumeId();
                    continue;
                }
                model.compare(from, status.oldest(), messages);
                from = messages.nextId();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
