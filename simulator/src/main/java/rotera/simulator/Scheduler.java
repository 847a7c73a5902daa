package rotera.simulator;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Threads of which one runs at a time, on the thread that calls {@link #run}: where one waits, or
 * calls {@link #pass}, the choices decide who goes on. So whatever they do together is repeated by
 * the same choices. They are virtual threads on a scheduler of our own; the JDK has no public way
 * to make such ones, hence {@code --add-opens java.base/java.lang=ALL-UNNAMED}.
 */
public final class Scheduler implements ThreadFactory {
    private static final long MOST_TURNS = 10_000_000;
    private static final Method NEW_VIRTUAL_THREAD = newVirtualThread();

    private final List<Runnable> ready = new ArrayList<>();
    private final Executor executor = this::makeReady;
    private final Thread carrier = Thread.currentThread();
    private final Choices choices;
    private int alive;
    private @Nullable Throwable failure;

    public Scheduler(Choices choices) {
        this.choices = choices;
    }

    private static Method newVirtualThread() {
        try {
            Method method =
                    Class.forName("java.lang.ThreadBuilders")
                            .getDeclaredMethod(
                                    "newVirtualThread",
                                    Executor.class,
                                    String.class,
                                    int.class,
                                    Runnable.class);
            method.setAccessible(true);
            return method;
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IllegalStateException(
                    "this JDK makes no virtual threads on a scheduler of one's own: the simulator runs on JDK 25 with --add-opens java.base/java.lang=ALL-UNNAMED",
                    e);
        }
    }

    /** A thread that takes part. The first error of one is thrown by {@link #run}. */
    @Override
    public Thread newThread(Runnable task) {
        Runnable counted =
                () -> {
                    alive++;
                    try {
                        task.run();
                    } catch (Throwable e) {
                        if (failure == null) failure = e;
                    } finally {
                        alive--;
                    }
                };
        try {
            return (Thread) NEW_VIRTUAL_THREAD.invoke(null, executor, "simulated", 0, counted);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    public void start(Runnable task) {
        newThread(task).start();
    }

    /** Lets others go on first, perhaps. */
    @SuppressWarnings("ThreadPriorityCheck") // the scheduler is our own
    public static void pass() {
        Thread.yield();
    }

    /** Runs until all threads have ended or wait for each other. */
    public void run() {
        for (long turn = 0; !ready.isEmpty(); turn++) {
            if (turn == MOST_TURNS) throw new AssertionError("the threads go on for ever");
            ready.remove(choices.nextInt(ready.size())).run();
        }
        if (failure instanceof Error error) throw error;
        if (failure != null)
            throw new AssertionError(String.valueOf(failure.getMessage()), failure);
    }

    /** How many threads have begun and not ended. */
    public int alive() {
        return alive;
    }

    private void makeReady(Runnable thread) {
        if (Thread.currentThread() != carrier && !Thread.currentThread().isVirtual())
            throw new IllegalStateException("a thread of another kind takes part: nothing repeats");
        ready.add(thread);
    }
}
