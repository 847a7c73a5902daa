package rotera.cli.system;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import rotera.cli.text.Exit;

/**
 * The end of a server by SIGTERM or SIGINT, at any moment from {@link #begin} on: what was opened
 * is closed, the last one first, and the exit code is 0. What is being opened at that moment is
 * left as a crash would leave it, which loses nothing.
 */
public final class Termination {
    /** A setting of the launcher. */
    private static final String HELD_SIGNAL = "rotera.held.signal";

    private static final ArrayDeque<AutoCloseable> OPEN = new ArrayDeque<>();
    private static boolean over;

    private Termination() {}

    /** From now on a signal ends the program with exit code 0. */
    public static void begin() {
        if (System.getProperty(HELD_SIGNAL) != null) takeHeldSignal();
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(Termination::stop, "stop"));
        } catch (IllegalStateException e) {
            Runtime.getRuntime().halt(Exit.OK); // the signal was faster
        }
    }

    /** The launcher has blocked SIGTERM, so that one that came during the start waits. */
    private static void takeHeldSignal() {
        Thread.ofPlatform()
                .daemon()
                .name("SIGTERM")
                .start(() -> {
                    Libc.awaitTermination();
                    System.exit(Exit.OK);
                });
    }

    /** The signal closes this before what was opened earlier. */
    public static void closesLater(AutoCloseable opened) {
        synchronized (OPEN) {
            OPEN.push(opened);
        }
    }

    /** The command has ended by itself: everything is closed, and its exit code counts. */
    public static void end() {
        closeAll();
        synchronized (OPEN) {
            over = true;
        }
    }

    /** The JVM would end with 143 after a SIGTERM: what was asked for was done, so it is 0. */
    private static void stop() {
        synchronized (OPEN) {
            if (over) return;
        }
        Runtime.getRuntime().halt(closeAll() ? Exit.OK : Exit.FAILED);
    }

    private static boolean closeAll() {
        boolean closed = true;
        for (AutoCloseable opened = next(); opened != null; opened = next()) {
            try {
                opened.close();
            } catch (Exception e) {
                System.err.println("rotera: while stopping: " + e.getMessage());
                closed = false;
            }
        }
        return closed;
    }

    private static @Nullable AutoCloseable next() {
        synchronized (OPEN) {
            return OPEN.poll();
        }
    }
}
