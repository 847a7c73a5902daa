package rotera.client;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import rotera.protocol.Frame;
import rotera.protocol.QueueInfo;
import rotera.queue.Batch;
import rotera.queue.Messages;
import rotera.queue.QueueException;

/**
 * Who sends, who reads replies, and what happens when a connection is lost.
 *
 * <p>A round trip is mostly the waking of threads, so none is handed over: whoever waits takes the
 * role of the <em>driver</em>, reads the replies of all until its own is there, and passes the role
 * on. The {@link BackgroundFlusher} has it only while there are requests that nobody waits for. One lock
 * guards everything; the driver holds it except while it waits for the socket, and code of others
 * runs outside of it.
 *
 * <p>The channel does not block, so an interrupt closes nothing: a thread that was interrupted
 * finishes its call and has its interrupt then.
 */
final class SharedConnection implements RequestPipeline.Outcome {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final long FIRST_BACKOFF_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long MAX_BACKOFF_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A server that does not answer a connection is tried anew after this. */
    private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** A server that has not answered a request for so long is said to be waited for. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** The first connection is not waited for any longer, whatever the timeout. */
    private static final long MAX_FIRST_CONNECT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final ConnectOptions options;
    private final long timeoutNanos;
    private final ReentrantLock lock = new ReentrantLock();

    /** For a driver that waits before it connects again. */
    private final Condition retry = lock.newCondition();

    private final RequestPipeline exchange;
    private final long producerToken;
    private final BackgroundFlusher ticker = new BackgroundFlusher(this);

    private @Nullable Thread driver;
    private boolean driverInterrupted;

    /**
     * Whether callers have waited for their futures of late, and so read the replies themselves.
     */
    private boolean callersWait;

    /** Those who wait while another drives. */
    private final LinkedHashSet<Waiter> waiting = new LinkedHashSet<>();

    /** To be woken once the lock is free. */
    private List<Waiter> released = new ArrayList<>();

    /** Futures to complete once the lock is free. */
    private List<ReplyFuture> settled = new ArrayList<>();

    /** For all pushes that wait for room. */
    private @Nullable ReplyFuture room;

    private long backoffNanos;
    private long retryAt = System.nanoTime();
    private long repliesBeforeLoss;
    private String lastFailure = "no answer";

    /** Whether the listener knows that the server is waited for, and how many replies had come. */
    private boolean waitingTold;

    private long repliesBeforeWaiting;

    /** What the listener is to be told once the lock is free. */
    private @Nullable Runnable news;

    /** Why this queue object is of no more use. */
    private @Nullable QueueException dead;

    private boolean closed;
    private volatile long readOn = -1;

    private SharedConnection(ConnectOptions options, Connection connection, Handshake.Introduction peer) {
        this.options = options;
        timeoutNanos = nanos(options);
        producerToken = peer.hello().producerToken();
        exchange = new RequestPipeline(this, options.reconnect(), peer.info());
        lock.lock();
        try {
            exchange.adopt(
                    connection, peer.info(), peer.hello().rememberedPushes(), OptionalInt.empty());
        } finally {
            lock.unlock();
        }
    }

    /** Connects; a server that is not there is told at once. */
    static SharedConnection open(ConnectOptions options) {
        long deadline = System.nanoTime() + Math.min(nanos(options), MAX_FIRST_CONNECT_NANOS);
        Connection connection = null;
        try {
            connection = Connection.open(options.host(), options.port(), BUFFER_BYTES, deadline);
            Handshake handshake = new Handshake(connection, deadline);
            SharedConnection session =
                    new SharedConnection(options, connection, handshake.introduce(0, options.queue()));
            connection = null;
            return session;
        } catch (IOException e) {
            throw failed(options, e);
        } finally {
            if (connection != null) connection.close();
        }
    }

    static long nanos(ConnectOptions options) {
        return Math.min(TimeUnit.NANOSECONDS.convert(options.timeout()), Long.MAX_VALUE / 4);
    }

    static String server(ConnectOptions options) {
        return options.host() + ":" + options.port();
    }

    static QueueException failed(ConnectOptions options, IOException e) {
        String message = "cannot connect to " + server(options) + ": " + reason(e);
        return e instanceof SocketTimeoutException
                ? new QueueException.TimedOut(message)
                : new QueueException.ConnectionLost(message, e);
    }

    static String reason(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    // The functions.

    QueueInfo connectedTo() {
        lock.lock();
        try {
            checkUsable();
            return exchange.info();
        } finally {
            lock.unlock();
        }
    }

    CompletableFuture<Long> pushAsync(Batch batch) {
        ReplyFuture promise = new ReplyFuture(this);
        try {
            stage(batch, promise, false);
        } catch (QueueException e) {
            promise.completeExceptionally(e);
        }
        return promise;
    }

    long push(Batch batch) {
        ReplyFuture promise = new ReplyFuture(this);
        stage(batch, promise, true);
        await(promise, Long.MAX_VALUE, false);
        return promise.outcome();
    }

    private void stage(Batch batch, ReplyFuture promise, boolean wait) {
        lock.lock();
        try {
            checkUsable();
            exchange.checkLimits(batch);
            while (exchange.hasNoRoom(batch.bytes())) awaitRoom();
            boolean muchIsHeldBack = exchange.push(batch, promise);
            if (wait) {
                exchange.flush();
            } else {
                if (muchIsHeldBack) takeWhatHasCome();
                ticker.nudge();
            }
            checkLost();
        } finally {
            unlock();
        }
    }

    private void awaitRoom() {
        ReplyFuture made = room;
        if (made == null) {
            made = new ReplyFuture(this);
            room = made;
        }
        unlock();
        try {
            await(made, Long.MAX_VALUE, false);
        } finally {
            lock.lock();
        }
        long _ = made.outcome();
        checkUsable();
    }

    /** Replies that are there make room for what is held back, without a wait. */
    private void takeWhatHasCome() {
        if (driver != null || !exchange.hasPending()) return;
        try {
            exchange.receive();
        } catch (IOException e) {
            exchange.lose(e);
        }
    }

    CompletableFuture<Long> commitAsync() {
        ReplyFuture promise = new ReplyFuture(this);
        lock.lock();
        try {
            checkUsable();
            exchange.ask(new Request(Frame.COMMIT, promise));
            takeWhatHasCome();
            checkLost();
            if (callersWait) ticker.nudge();
            else ticker.drive();
        } finally {
            unlock();
        }
        return promise;
    }

    long commit() {
        ReplyFuture promise = new ReplyFuture(this);
        exchange(new Request(Frame.COMMIT, promise), promise);
        return promise.value;
    }

    /** Sends a request and waits for its reply. */
    Request ask(int kind) {
        ReplyFuture promise = new ReplyFuture(this);
        Request ask = new Request(kind, promise);
        exchange(ask, promise);
        return ask;
    }

    private void exchange(Request ask, ReplyFuture promise) {
        lock.lock();
        try {
            checkUsable();
            exchange.ask(ask);
        } finally {
            unlock();
        }
        await(promise, Long.MAX_VALUE, false);
        long _ = promise.outcome();
    }

    int read(long id, int most, Messages into) {
        connectedTo();
        if (into.nextRecords(this, id, most)) {
            readOn = into.nextId();
            return into.count();
        }
        // Who reads on gets more at once, for the next reads; who looks at one message, that one.
        int wanted = id == readOn ? Integer.MAX_VALUE : most;
        for (int tries = 1; ; tries++) {
            ReplyFuture promise = new ReplyFuture(this);
            Request read = Request.read(promise, id, wanted, into);
            exchange(read, promise);
            try {
                take(read, id, most, into);
                readOn = into.nextId();
                return into.count();
            } catch (QueueException.ChecksumMismatch e) {
                damaged(e);
                if (tries == 3) throw e;
            }
        }
    }

    private void take(Request read, long id, int most, Messages into) {
        if (read.recordBytes == 0 || most == 0) {
            into.receive(0);
            into.takeRecords(this, 0, id, 0, 0);
            return;
        }
        if (read.first < id)
            throw new QueueException.ChecksumMismatch(
                    "messages from " + read.first + " came instead of those from " + id);
        into.takeRecords(this, read.recordBytes, read.first, most, read.first - id);
    }

    /** What came is not what was sent: that connection is not to be trusted. */
    private void damaged(QueueException why) {
        lock.lock();
        try {
            exchange.lose(new IOException(why.getMessage(), why));
            checkLost();
            checkUsable();
        } finally {
            unlock();
        }
    }

    /** Commits what was pushed, and ends. */
    void close() {
        ReplyFuture promise = new ReplyFuture(this);
        lock.lock();
        try {
            if (closed) return;
            closed = true;
            if (dead != null || !exchange.hasUncommitted()) {
                end();
                return;
            }
            exchange.ask(new Request(Frame.COMMIT, promise));
        } finally {
            unlock();
        }
        try {
            await(promise, Long.MAX_VALUE, false);
            long _ = promise.outcome();
        } finally {
            lock.lock();
            end();
            unlock();
        }
    }

    private void end() {
        if (dead != null) return;
        dead = new QueueException.QueueClosed(describe() + " was closed");
        exchange.giveUp(dead);
        ticker.end();
        retry.signalAll();
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void checkUsable() {
        if (dead != null) throw dead;
        if (closed) throw new QueueException.QueueClosed(describe() + " was closed");
    }

    private String describe() {
        return "queue " + options.queue() + " of " + server(options);
    }

    // Outcomes; the lock is held.

    @Override
    public void settle(ReplyFuture promise, long value) {
        promise.value = value;
        finish(promise);
    }

    @Override
    public void fail(ReplyFuture promise, QueueException failure) {
        promise.failure = failure;
        finish(promise);
    }

    private void finish(ReplyFuture promise) {
        promise.settled = true;
        settled.add(promise);
        List<Waiter> waiters = promise.waiters;
        if (waiters == null) return;
        waiting.removeAll(waiters);
        released.addAll(waiters);
        promise.waiters = null;
    }

    @Override
    public void roomMade() {
        ReplyFuture made = room;
        room = null;
        if (made != null) settle(made, 0);
    }

    @Override
    public void noRoom(QueueException reason) {
        ReplyFuture made = room;
        room = null;
        if (made != null) fail(made, reason);
    }

    /** Frees the lock, wakes who has what it waited for, and tells those who have futures. */
    private void unlock() {
        List<ReplyFuture> done = settled.isEmpty() ? List.of() : settled;
        if (!done.isEmpty()) settled = new ArrayList<>();
        List<Waiter> woken = released.isEmpty() ? List.of() : released;
        if (!woken.isEmpty()) released = new ArrayList<>();
        Runnable told = news;
        news = null;
        lock.unlock();
        if (told != null) told.run();
        for (Waiter waiter : woken) waiter.wake();
        for (ReplyFuture promise : done) promise.publish();
    }

    // Waiting.

    /** For a thread that waits for a future: what it waits for may have been held back. */
    void help(ReplyFuture promise, long nanos, boolean interruptible) {
        long limit = nanos == Long.MAX_VALUE ? Long.MAX_VALUE : System.nanoTime() + nanos;
        lock.lock();
        try {
            if (promise.settled || dead != null) return;
            callersWait = true;
            exchange.flush();
            checkLost();
        } finally {
            unlock();
        }
        await(promise, limit, interruptible);
    }

    /** Waits until there is an outcome, or until the limit; the lock is free. */
    private void await(ReplyFuture promise, long limit, boolean interruptible) {
        boolean interrupted = false;
        Waiter waiter = null;
        try {
            while (!promise.settled && !promise.isDone() && left(limit) > 0) {
                interrupted |= Thread.interrupted();
                if (interrupted && interruptible) return;
                lock.lock();
                try {
                    if (waiter != null) forget(promise, waiter);
                    waiter = null;
                    if (promise.settled) return;
                    checkLost();
                    if (driver == null || driver == Thread.currentThread())
                        interrupted |= driveAndPassOn(promise, limit, interruptible);
                    else waiter = standBy(promise);
                } finally {
                    unlock();
                }
                if (waiter != null) interrupted |= waiter.await(limit, interruptible);
            }
        } finally {
            if (waiter != null && !promise.settled) giveWay(promise, waiter);
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private Waiter standBy(ReplyFuture promise) {
        ticker.yieldDriving();
        Waiter waiter = new Waiter();
        if (promise.waiters == null) promise.waiters = new ArrayList<>(1);
        promise.waiters.add(waiter);
        waiting.add(waiter);
        return waiter;
    }

    private void forget(ReplyFuture promise, Waiter waiter) {
        if (promise.waiters != null) promise.waiters.remove(waiter);
        boolean _ = waiting.remove(waiter);
    }

    /** It may just have been asked to drive. */
    private void giveWay(ReplyFuture promise, Waiter waiter) {
        lock.lock();
        try {
            forget(promise, waiter);
            if (driver == null) passOn();
        } finally {
            unlock();
        }
    }

    static long left(long limit) {
        return limit == Long.MAX_VALUE ? Long.MAX_VALUE : limit - System.nanoTime();
    }

    /** Somebody else has to read the replies of those who wait. */
    private void passOn() {
        if (!waiting.isEmpty()) released.addFirst(waiting.getFirst());
        else if (exchange.hasPending()) ticker.drive();
    }

    // Driving.

    /** Whether it was interrupted. */
    private boolean driveAndPassOn(ReplyFuture promise, long limit, boolean interruptible) {
        try {
            drive(promise, limit, interruptible);
            boolean interrupted = driverInterrupted;
            driverInterrupted = false;
            return interrupted;
        } finally {
            if (driver == null) passOn();
        }
    }

    /** Reads replies until the outcome is there. */
    private void drive(ReplyFuture promise, long limit, boolean interruptible) {
        Thread before = driver;
        driver = Thread.currentThread();
        try {
            while (!promise.settled && !promise.isDone() && left(limit) > 0) {
                if (driverInterrupted && interruptible) return;
                step(limit);
                if (!promise.settled) publish();
            }
        } finally {
            driver = before;
        }
    }

    /** For the ticker: reads replies until there are none to wait for, or another wants to. */
    void driveForOthers() {
        callersWait = false;
        driver = Thread.currentThread();
        try {
            while (exchange.hasPending() && !ticker.shallYield()) {
                step(Long.MAX_VALUE);
                publish();
                driverInterrupted = false;
            }
        } finally {
            driver = null;
            passOn();
            publish();
        }
    }

    private void publish() {
        if (settled.isEmpty() && released.isEmpty() && news == null) return;
        unlock();
        lock.lock();
    }

    private void step(long limit) {
        if (dead != null) return;
        long deadline = exchange.oldestSince() + timeoutNanos;
        long left = Math.min(deadline - System.nanoTime(), left(limit));
        if (deadline - System.nanoTime() <= 0) {
            exchange.giveUp(timedOut());
            return;
        }
        Connection current = exchange.connection();
        if (current == null) {
            connectAgain(deadline, left);
            return;
        }
        exchange.pump();
        if (exchange.connection() != current) {
            checkLost();
            return;
        }
        if (!waitingTold && exchange.hasPending()) {
            long silent = System.nanoTime() - exchange.oldestSince();
            left = Math.min(left, Math.max(1, SILENCE_NANOS - silent));
            if (silent >= SILENCE_NANOS) {
                tellWaiting("no answer for " + RequestPipeline.seconds(SILENCE_NANOS));
                return; // the caller publishes that
            }
        }
        boolean orWritable = exchange.wantsToWrite();
        IOException failure = null;
        boolean ready = false;
        lock.unlock();
        try {
            ready = current.await(orWritable, left);
        } catch (IOException e) {
            failure = e;
        } finally {
            driverInterrupted |= Thread.interrupted();
            lock.lock();
        }
        if (exchange.connection() != current) return;
        try {
            if (failure != null) throw failure;
            if (ready) exchange.receive();
            tellResumed();
        } catch (IOException e) {
            exchange.lose(e);
        }
        checkLost();
    }

    private QueueException timedOut() {
        return new QueueException.TimedOut(
                describe()
                        + " gave no answer within "
                        + RequestPipeline.seconds(timeoutNanos)
                        + (exchange.lostBecause() == null ? "" : " (" + lastFailure + ")")
                        + ": what was pushed and not committed may be kept or not");
    }

    /** Notes a lost connection; without reconnecting it is the end. */
    private void checkLost() {
        IOException why = exchange.lostBecause();
        if (why == null || dead != null) return;
        lastFailure = reason(why);
        if (exchange.replies() > repliesBeforeLoss) {
            repliesBeforeLoss = exchange.replies();
            backoffNanos = 0;
            retryAt = System.nanoTime();
        }
        if (options.reconnect()) {
            tellWaiting(lastFailure);
            return;
        }
        QueueException lost =
                new QueueException.ConnectionLost(
                        "the connection to "
                                + server(options)
                                + " was lost ("
                                + lastFailure
                                + "): what was pushed and not committed may be kept or not",
                        why);
        exchange.giveUp(lost);
        dead = lost;
        ticker.end();
    }

    private void tellWaiting(String reason) {
        if (waitingTold) return;
        waitingTold = true;
        repliesBeforeWaiting = exchange.replies();
        news = () -> options.listener().waiting(reason);
    }

    private void tellResumed() {
        if (!waitingTold || exchange.replies() == repliesBeforeWaiting) return;
        waitingTold = false;
        news = () -> options.listener().resumed();
    }

    @SuppressWarnings("WaitNotInLoop") // the caller loops
    private void connectAgain(long deadline, long left) {
        long pause = retryAt - System.nanoTime();
        if (pause > 0) {
            try {
                long _ = retry.awaitNanos(Math.min(pause, left));
            } catch (InterruptedException e) {
                driverInterrupted = true;
            }
            return;
        }
        backoffNanos = Math.clamp(2 * backoffNanos, FIRST_BACKOFF_NANOS, MAX_BACKOFF_NANOS);
        retryAt = System.nanoTime() + backoffNanos;
        Connection fresh = null;
        String failure = "";
        Handshake.Introduction peer = null;
        OptionalInt last = OptionalInt.empty();
        lock.unlock();
        try {
            long until = Math.min(deadline, System.nanoTime() + CONNECT_NANOS);
            fresh = Connection.open(options.host(), options.port(), BUFFER_BYTES, until);
            Handshake handshake = new Handshake(fresh, until);
            peer = handshake.introduce(producerToken, options.queue());
            last = handshake.lastPush((int) peer.info().number());
        } catch (IOException | QueueException e) {
            failure = reason(e);
            peer = null;
        } finally {
            driverInterrupted |= Thread.interrupted();
            lock.lock();
        }
        if (peer == null || fresh == null || dead != null) {
            if (fresh != null) fresh.close();
            lastFailure = failure;
        } else if (!peer.info().file().uniqueId().equals(exchange.info().file().uniqueId())) {
            fresh.close();
            dead = replaced(options, exchange.info(), peer.info());
            exchange.giveUp(dead);
            ticker.end();
        } else {
            exchange.adopt(fresh, peer.info(), peer.hello().rememberedPushes(), last);
        }
    }

    static QueueException replaced(ConnectOptions options, QueueInfo before, QueueInfo now) {
        return new QueueException.QueueReplaced(
                "queue %s of %s is not the one that was connected to: it has the unique id %s instead of %s"
                        .formatted(
                                options.queue(),
                                server(options),
                                now.file().uniqueId(),
                                before.file().uniqueId()));
    }

    // For the ticker, which calls with the lock held.

    ReentrantLock lock() {
        return lock;
    }

    RequestPipeline exchange() {
        return exchange;
    }

    /** Whether requests are under way that nobody waits for. */
    boolean needsDriver() {
        return driver == null && waiting.isEmpty() && exchange.hasPending();
    }

    /** Lets the driver look around. */
    void wakeDriver() {
        Connection current = exchange.connection();
        if (current != null) current.wake();
        retry.signalAll();
    }

    boolean callersWait() {
        return callersWait;
    }

    void flushFromTicker() {
        callersWait = false;
        exchange.flush();
        checkLost();
        publish();
    }
}
