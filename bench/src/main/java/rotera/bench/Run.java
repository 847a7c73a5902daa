package rotera.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import rotera.queue.Batch;
import rotera.queue.Queue;
import rotera.queue.QueueException;
import rotera.queue.Status;

/**
 * Drives a queue with one work, and measures it. Nothing counts until the warm-up is over; what is
 * under way at the end is waited for, and that time counts too. Everything that comes back is
 * verified.
 */
public final class Run {
    private static final long TICK_NANOS = 1_000_000_000;
    private static final int FILL_BATCH_BYTES = 64 << 10;

    private final Work work;
    private final Load load;
    private final Place place;
    private final TestMessages messages;
    private final List<Queue> entered = new ArrayList<>();
    private final List<Pushing> pushers = new ArrayList<>();
    private final List<Following> followers = new ArrayList<>();
    private final List<Replaying> readers = new ArrayList<>();
    private final List<CompletableFuture<Void>> threads = new ArrayList<>();
    private volatile boolean measuring;
    private volatile boolean stopped;
    private volatile long endId = Long.MAX_VALUE;

    private Run(Work work, Load load, Place place) {
        this.work = work;
        this.load = load;
        this.place = place;
        this.messages = new TestMessages(load.messageBytes());
    }

    /**
     * Does the work.
     *
     * @param told is told about once a second how it goes
     * @throws QueueException if the queue cannot be used, or fails
     */
    public static Outcome of(Work work, Load load, Place place, Consumer<Moment> told)
            throws InterruptedException {
        Run run = new Run(work, load, place);
        try {
            return run.measure(told);
        } finally {
            run.stopped = true;
            run.entered.forEach(place::leave);
        }
    }

    /**
     * Pushes until the queue holds as much as it can, so that there is something to read.
     *
     * @return how many messages it holds
     */
    public static long fill(Load load, Place place) {
        Queue queue = place.enter();
        try (Batch batch = new Batch()) {
            TestMessages messages = new TestMessages(load.messageBytes());
            byte[] message = messages.blank();
            long sequence = 0;
            int count = Math.max(1, FILL_BATCH_BYTES / load.messageBytes());
            while (queue.ping().oldest() == 0) {
                for (int pushes = 0; pushes < 16; pushes++) {
                    batch.clear();
                    for (int i = 0; i < count; i++) {
                        messages.fill(message, 0, sequence++, System.nanoTime());
                        batch.add(message);
                    }
                    queue.push(batch);
                }
                queue.commit();
            }
            return queue.ping().next() - queue.ping().oldest();
        } finally {
            place.leave(queue);
        }
    }

    private Outcome measure(Consumer<Moment> told) throws InterruptedException {
        Queue looking = enter();
        long firstId = looking.ping().next();
        makeThreads(firstId);
        begin();
        ProcessWatch process = new ProcessWatch(place.process());
        ProcessWatch driver = new ProcessWatch(OptionalLong.of(ProcessHandle.current().pid()));
        watch(load.warmUp(), true, process, told);
        process.begin();
        driver.begin();
        long pushedBefore = pushed();
        long deliveredBefore = delivered();
        long beginNanos = System.nanoTime();
        measuring = true;
        watch(load.time(), false, process, told);
        stopped = true;
        finish(looking);
        double seconds = (System.nanoTime() - beginNanos) / 1e9;
        long pushed = pushed() - pushedBefore;
        long delivered = delivered() - deliveredBefore;
        Optional<ProcessUse> processUse = process.all();
        Optional<ProcessUse> driverUse = driver.all();
        if (work.pushes() && !work.isFollowed()) readBack(looking, firstId);
        return new Outcome(
                work,
                load,
                seconds,
                pushed,
                delivered,
                latency(),
                processUse,
                driverUse,
                verifiers().mapToLong(Verifier::verified).sum(),
                verifiers().mapToLong(Verifier::missed).sum(),
                verifiers().flatMap(verifier -> verifier.problem().stream()).findFirst());
    }

    private Queue enter() {
        Queue queue = place.enter();
        entered.add(queue);
        return queue;
    }

    private void makeThreads(long firstId) {
        if (!work.pushes()) {
            for (int i = 0; i < load.connections(); i++) readers.add(new Replaying(this, enter()));
            return;
        }
        if (work.isFollowed()) {
            for (int i = 0; i < load.consumers(); i++)
                followers.add(new Following(this, enter(), firstId));
        }
        for (int i = 0; i < load.connections(); i++) pushers.add(new Pushing(this, enter(), i));
    }

    private void begin() {
        followers.forEach(follower -> start("consumer", follower));
        readers.forEach(reader -> start("reader", reader));
        pushers.forEach(pusher -> start("producer", pusher));
    }

    private void start(String name, Runnable runnable) {
        threads.add(
                CompletableFuture.runAsync(
                        runnable, task -> Thread.ofPlatform().daemon().name(name).start(task)));
    }

    /** Lets time go by, and tells how it goes. */
    private void watch(
            Duration time, boolean warmingUp, ProcessWatch process, Consumer<Moment> told)
            throws InterruptedException {
        long begin = System.nanoTime();
        long end = begin + time.toNanos();
        double before = warmingUp ? 0 : load.warmUp().toNanos() / 1e9;
        long lastCount = counted();
        long last = begin;
        while (last < end && threads.stream().noneMatch(CompletableFuture::isDone)) {
            TimeUnit.NANOSECONDS.sleep(Math.min(TICK_NANOS, end - last));
            long now = System.nanoTime();
            long count = counted();
            told.accept(
                    new Moment(
                            work,
                            before + (now - begin) / 1e9,
                            (count - lastCount) * 1e9 / (now - last),
                            warmingUp,
                            process.step()));
            lastCount = count;
            last = now;
        }
    }

    private long counted() {
        return work == Work.READ || work == Work.TAIL ? delivered() : pushed();
    }

    /** Waits for the producers, then for consumers to see the last message. */
    private void finish(Queue looking) {
        List<CompletableFuture<Void>> producers =
                threads.subList(threads.size() - pushers.size(), threads.size());
        producers.forEach(Run::join);
        endId = looking.ping().next();
        threads.forEach(Run::join);
    }

    private static void join(CompletableFuture<Void> thread) {
        try {
            thread.join();
        } catch (CompletionException e) {
            Throwable cause = e;
            while (cause instanceof CompletionException && cause.getCause() != null)
                cause = cause.getCause();
            if (cause instanceof QueueException failed) throw failed;
            throw e;
        }
    }

    /** What was pushed and is kept is there, unchanged and in order. */
    private void readBack(Queue looking, long firstId) {
        stopped = false;
        Status status = looking.ping();
        Replaying reader = new Replaying(this, looking);
        reader.readFrom(Math.max(firstId, status.oldest()), status.next());
        readers.add(reader);
    }

    private Stream<Verifier> verifiers() {
        return Stream.concat(
                followers.stream().map(Following::verifier),
                readers.stream().map(Replaying::verifier));
    }

    private Optional<Latency> latency() {
        if (!work.pushes()) return Optional.empty();
        Histogram all = Latency.histogram();
        if (work.isFollowed()) followers.forEach(follower -> all.add(follower.latencies()));
        else pushers.forEach(pusher -> all.add(pusher.latencies()));
        return Optional.of(Latency.of(all));
    }

    private long pushed() {
        return pushers.stream().mapToLong(Pushing::done).sum();
    }

    private long delivered() {
        return Stream.concat(
                        followers.stream().map(Following::done),
                        readers.stream().map(Replaying::done))
                .mapToLong(Long::longValue)
                .sum();
    }

    Load load() {
        return load;
    }

    TestMessages messages() {
        return messages;
    }

    boolean stopped() {
        return stopped;
    }

    /** Where consumers end; the largest number while nobody knows. */
    long endId() {
        return endId;
    }

    /**
     * Whether what is done now counts: also what was due in the warm-up already, since only a stall
     * can have kept it so long.
     */
    boolean measuring() {
        return measuring;
    }
}
