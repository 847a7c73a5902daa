package rotera.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rotera push}. */
@Command(
        name = "push",
        mixinStandardHelpOptions = true,
        description =
                "Pushes the lines of standard input, one message each, and commits as it goes.",
        footer = {
            "",
            "Lines are bytes: nothing is decoded, only the line end is cut off. Commits after 10,000 "
                    + "lines or 100 ms, whichever comes first, and at the end.",
            "",
            "Examples:",
            "  rotera push 55 < /var/log/syslog",
            "  tail -F /var/log/syslog | rotera push 55",
            "  seq 1000 | rotera push ./55.rot           without a server"
        })
final class PushCommand implements Callable<Integer> {
    private static final Pusher.Options AS_IT_GOES =
            new Pusher.Options(0, false, 10_000, 100, true);

    @Mixin private Address address;

    @Parameters(
            paramLabel = "QUEUE",
            converter = Target.Converter.class,
            description = "Number of a queue on the server, or a file.")
    private Target target;

    @Override
    public Integer call() throws InterruptedException {
        try (Access queue = address.open(target, true)) {
            push(queue, AS_IT_GOES);
        }
        return Exit.OK;
    }

    /** Pushes standard input and tells on standard error what became of it. */
    static void push(Access queue, Pusher.Options options) throws InterruptedException {
        long next = queue.ping().next();
        try (Pusher pusher = new Pusher(queue, options)) {
            Thread stop = new Thread(pusher::stop, "stop");
            Runtime.getRuntime().addShutdownHook(stop);
            try {
                pusher.run(System.in);
            } finally {
                System.err.println(report(pusher, next));
                removeHook(stop);
            }
        }
    }

    /** The protocol tells no ids; what it tells proves them when nobody else pushed meanwhile. */
    private static String report(Pusher pusher, long nextBefore) {
        String pushed = "pushed " + pusher.pushed() + " messages";
        long nextAfter = pusher.committedNext();
        if (pusher.pushed() == 0) return pushed;
        if (pusher.uncommitted() > 0)
            return pushed + ", the last " + pusher.uncommitted() + " of them not committed";
        if (nextAfter - nextBefore == pusher.pushed())
            return pushed + ", ids " + nextBefore + " to " + (nextAfter - 1);
        return pushed
                + ", all committed, ids within "
                + nextBefore
                + " to "
                + (nextAfter - 1)
                + " (others pushed as well)";
    }

    static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is running: that is why we end.
        }
    }
}
