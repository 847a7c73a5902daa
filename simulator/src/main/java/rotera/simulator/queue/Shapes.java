package rotera.simulator.queue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import rotera.queue.Envelope;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Superblock;
import rotera.simulator.Choices;
import rotera.simulator.SimulatedDisk;
import rotera.simulator.queue.QueueModel.Push;

/** Pushes of all sizes: none, small, up to each limit, in many records, with envelopes. */
final class Shapes {
    private final Choices random;
    private final Superblock superblock;
    private final boolean mostlyLarge; // then the ring goes round within few steps
    private Wanted wanted = Wanted.ANY;

    /** Which ones are made for now. */
    enum Wanted {
        ANY,
        /** One message of about the largest size. */
        LARGE,
        /** Records that end with a sector. */
        ALIGNED
    }

    Shapes(Choices random, Superblock superblock) {
        this.random = random;
        this.superblock = superblock;
        this.mostlyLarge = random.nextInt(4) == 0;
    }

    void want(Wanted shape) {
        wanted = shape;
    }

    /** Gives a push its messages; it will lie at this position, if none comes before it. */
    void shape(Push push, long position) {
        int most = superblock.maxMessageBytes();
        switch (kind()) {
            case 0 -> fill(push, 1 + random.nextInt(200), 1);
            case 1 -> push.add(random, most);
            case 2 -> push.add(random, most - random.nextInt(Math.min(most, 600)));
            case 3 -> fillUp(push, superblock.maxPushBytes(), 1 + random.nextInt(2000));
            case 4 ->
                    fillUp(
                            push,
                            1 + random.nextLong(superblock.maxPushBytes()),
                            1 + random.nextInt(most));
            case 5 -> push.add(random, random.nextInt(Math.min(most, 3000)));
            case 6, 7 -> {
                fill(push, 1 + random.nextInt(10), 100);
                envelop(push);
            }
            case 8 -> push.add(random, 0);
            case 9, 10, 11 -> align(push, position);
            default -> fill(push, 1 + random.nextInt(20), 60);
        }
    }

    private int kind() {
        return switch (wanted) {
            case ANY ->
                    mostlyLarge && random.nextInt(3) > 0
                            ? 1 + random.nextInt(5)
                            : random.nextInt(16);
            case LARGE -> 1 + random.nextInt(2);
            case ALIGNED -> 9;
        };
    }

    /** Ends the record with a sector: what comes behind it can survive without it. */
    private void align(Push push, long position) {
        int sector = SimulatedDisk.SECTOR;
        long space = sector - position % sector;
        while (space < RecordHeader.BYTES + 8) space += sector;
        if (random.nextInt(4) == 0) space += (long) sector * random.nextInt(6);
        push.add(random, (int) space - RecordHeader.BYTES - 4);
    }

    private void fill(Push push, int count, int bound) {
        for (int i = 0; i < count; i++) push.add(random, random.nextInt(bound));
    }

    /** Adds messages until the push has this size to the byte, as far as that is possible. */
    private void fillUp(Push push, long bytes, int bound) {
        long left = bytes;
        do {
            int length = Math.clamp(left - 4, 0, random.nextInt(bound));
            if (left - 4 - length < 4)
                length = Math.clamp(left - 4, 0, superblock.maxMessageBytes());
            push.add(random, length);
            left -= 4 + length;
        } while (left >= 4);
    }

    private void envelop(Push push) {
        Envelope[] envelopes = new Envelope[push.count];
        for (int i = 0; i < push.count; i++) envelopes[i] = envelope();
        push.envelopes = envelopes;
        if (push.count > 0 && random.nextInt(4) == 0)
            envelopes[random.nextInt(push.count)] = Envelope.NONE.withNullValue();
    }

    private Envelope envelope() {
        byte[] bytes = Long.toString(random.nextLong()).getBytes(StandardCharsets.UTF_8);
        Envelope envelope =
                new Envelope(
                        random.nextBoolean() ? Optional.of(bytes) : Optional.empty(),
                        random.nextBoolean()
                                ? OptionalLong.of(random.nextLong())
                                : OptionalLong.empty(),
                        List.of(),
                        false);
        if (random.nextInt(3) > 0) return envelope;
        return envelope.withHeaders(
                List.of(
                        new Envelope.Header("one", Optional.of(bytes)),
                        new Envelope.Header("", Optional.empty())));
    }
}
