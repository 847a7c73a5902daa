package rotera.client;

import java.util.concurrent.locks.LockSupport;

/**
 * A thread that waits for an outcome while another one reads the replies. It waits without the
 * session's lock and needs it no more once there is an outcome: threads that are woken together do
 * not queue up.
 */
final class Waiter {
    private final Thread thread = Thread.currentThread();
    private volatile boolean woken;

    /** Returns when woken, at the limit, or if it may be interrupted; whether it was. */
    boolean await(long limit, boolean interruptible) {
        boolean interrupted = false;
        while (!woken && !(interrupted && interruptible)) {
            long left = SharedConnection.left(limit);
            if (left <= 0) break;
            LockSupport.parkNanos(this, left);
            interrupted |= Thread.interrupted();
        }
        return interrupted;
    }

    /** Also if it does not wait yet. */
    void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }
}
