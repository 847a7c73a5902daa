package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writers on a tiny ring, and readers and streams that they lap all the time: each message says who
 * pushed it as which, and is filled with bytes that follow from that.
 */
final class LappedReaders {
    private static final int PUSHERS = 2;
    private static final int HEADER_BYTES = 16;

    private final RotFile file;
    private final long seed;
    private final long end;
    private final AtomicLong laps = new AtomicLong();
    private final AtomicLong read = new AtomicLong();

    private LappedReaders(RotFile file, long seed, Duration time) {
        this.file = file;
        this.seed = seed;
        this.end = System.nanoTime() + time.toNanos();
    }

    static void run(Path path, long seed, Duration time) throws Exception {
        try (RotFile file = RotFile.open(path)) {
            new LappedReaders(file, seed, time).run(time);
            file.commit();
            assertThat(file.check(damage -> {}, bytes -> {}).problems()).isZero();
        }
    }

    private void run(Duration time) throws Exception {
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int i = 0; i < PUSHERS; i++) {
            int number = i;
            threads.add(start(() -> push(number)));
        }
        threads.add(start(this::commit));
        for (int i = 0; i < 2; i++) {
            int number = i;
            threads.add(start(() -> readAtRandom(number)));
        }
        threads.add(start(this::readOldest));
        threads.add(start(() -> follow(Start.oldest(), 0)));
        threads.add(start(() -> follow(Start.end(), 3)));
        threads.add(start(() -> follow(Start.end(), 50)));
        for (CompletableFuture<Void> thread : threads) {
            thread.get(time.toSeconds() + 30, TimeUnit.SECONDS);
        }
        assertThat(laps).as("times a reader was lapped, seed %d", seed).hasPositiveValue();
        assertThat(read).hasPositiveValue();
    }

    private interface Work {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> start(Work work) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        work.run();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                },
                Rot.THREADS);
    }

    private boolean goesOn() {
        return System.nanoTime() < end;
    }

    private void push(int number) {
        Random random = new Random(seed + number);
        long sequence = 0;
        long last = -1;
        try (Batch batch = new Batch()) {
            while (goesOn()) {
                batch.clear();
                int count = 1 + random.nextInt(random.nextInt(6) == 0 ? 60 : 4);
                for (int i = 0; i < count; i++)
                    batch.add(message(number, sequence + i, i, count, random.nextInt(150)));
                long id = file.push(batch);
                assertThat(id).isGreaterThan(last);
                last = id + count - 1;
                sequence += count;
                if (random.nextInt(30) == 0) assertThat(file.commit()).isGreaterThan(last);
            }
            file.commit();
        }
    }

    /** Pusher, place in its batch, size of its batch, number, filling. */
    private static byte[] message(int pusher, long sequence, int place, int count, int filling) {
        byte[] message = new byte[HEADER_BYTES + filling];
        message[0] = (byte) pusher;
        message[1] = (byte) place;
        message[2] = (byte) count;
        for (int i = 0; i < 8; i++) message[4 + i] = (byte) (sequence >>> (8 * i));
        for (int i = HEADER_BYTES; i < message.length; i++) message[i] = (byte) (sequence + i);
        return message;
    }

    private void commit() throws Exception {
        long last = 0;
        while (goesOn()) {
            long id = file.commitAsync().get();
            assertThat(id).isGreaterThanOrEqualTo(last);
            assertThat(file.ping().next()).isGreaterThanOrEqualTo(id);
            last = id;
            Thread.sleep(1);
        }
    }

    private void readAtRandom(int number) throws InterruptedException {
        Random random = new Random(seed + 100 + number);
        try (Messages messages = new Messages(number == 0 ? 4096 : 64 << 10)) {
            while (goesOn()) {
                Status status = file.ping();
                long id = Math.max(0, status.oldest() + random.nextInt(-20, 40));
                Order order = new Order();
                for (int i = random.nextInt(20); i >= 0; i--) {
                    if (random.nextInt(8) == 0) Thread.sleep(0, 200_000);
                    int count = file.read(id, 1 + random.nextInt(40), messages);
                    if (count == 0) break;
                    check(messages, id, order);
                    id = messages.nextId();
                }
            }
        }
    }

    private void readOldest() {
        try (Messages messages = new Messages()) {
            while (goesOn()) {
                if (file.read(0, 5, messages) > 0) check(messages, 0, new Order());
            }
        }
    }

    private void follow(Start start, int pauseMillis) throws InterruptedException {
        try (MessageStream stream = file.stream(start)) {
            Order order = new Order();
            long next = -1;
            while (goesOn()) {
                Messages messages = stream.poll(Duration.ofMillis(100));
                if (messages.count() > 0)
                    check(
                            messages,
                            next < 0 ? messages.firstId() - messages.skipped() : next,
                            order);
                next = messages.nextId();
                if (pauseMillis > 0) Thread.sleep(pauseMillis);
            }
        }
    }

    /** The last number of each pusher that a reader has seen. */
    private static final class Order {
        private final long[] last = {-1, -1};
        private int pusher = -1;
        private int place;
        private int count;

        /** Numbers of a pusher without a gap, its pushes without others in between. */
        void check(int by, long sequence, int at, int of) {
            boolean begins = at == 0;
            boolean goesOn = by == pusher && at == place + 1 && of == count;
            boolean ended = pusher < 0 || place + 1 == count;
            if (pusher >= 0 && !(goesOn || (begins && ended)))
                throw new AssertionError("a push is interrupted by another");
            if (sequence <= last[by] || (last[by] >= 0 && sequence != last[by] + 1))
                throw new AssertionError(sequence + " comes after " + last[by]);
            last[by] = sequence;
            pusher = by;
            place = at;
            count = of;
        }

        void forget() {
            pusher = -1;
            last[0] = -1;
            last[1] = -1;
        }
    }

    private void check(Messages messages, long asked, Order order) {
        if (messages.firstId() != asked + messages.skipped())
            throw new AssertionError("from " + asked + " to " + messages.firstId());
        if (messages.skipped() > 0) {
            laps.incrementAndGet();
            order.forget();
        }
        long id = messages.firstId();
        while (messages.next()) {
            if (messages.id() != id++) throw new AssertionError("ids are not dense at " + id);
            byte[] bytes = messages.toByteArray();
            long sequence = 0;
            for (int i = 7; i >= 0; i--) sequence = (sequence << 8) | (bytes[4 + i] & 0xff);
            for (int i = HEADER_BYTES; i < bytes.length; i++) {
                if (bytes[i] != (byte) (sequence + i))
                    throw new AssertionError("message " + messages.id() + " is torn");
            }
            order.check(bytes[0], sequence, bytes[1], bytes[2]);
            read.incrementAndGet();
        }
    }
}
