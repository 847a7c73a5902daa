package rotera.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import rotera.queue.Queue;

/** {@code rotera push}. */
@Command(
        name = "push",
        mixinStandardHelpOptions = true,
        description = "Pushes the lines of standard input, and commits as it goes.",
        footer = {
            "",
            "Messages are bytes: nothing is decoded, only the line end is cut off. Commits after 10,000 "
                    + "messages or 100 ms, whichever comes first, and at the end; standard error tells the "
                    + "ids then. A message that is refused is named by its line, and what came before it is "
                    + "kept. A server that is restarted is waited for.",
            "",
            "Examples:",
            "  rotera push 55 < /var/log/syslog",
            "  tail -F /var/log/syslog | rotera push 55",
            "  find . -print0 | rotera push --nul 55     names may hold line ends",
            "  rotera push --whole orders < order.pdf    the file is one message",
            "  seq 1000 | rotera push ./55.rot           without a server"
        })
final class PushCommand implements Callable<Integer> {
    private static final int MESSAGES_PER_COMMIT = 10_000;
    private static final long COMMIT_MILLIS = 100;

    @Spec private CommandSpec command;
    @Mixin private Address address;

    @Option(names = "--nul", description = "Messages end with a NUL instead of a line end.")
    private boolean nul;

    @Option(names = "--whole", description = "The whole input is one message.")
    private boolean whole;

    @Parameters(
            paramLabel = "QUEUE",
            converter = Target.Converter.class,
            description = "Number or name of a queue on the server, or a file.")
    private Target target;

    @Override
    public Integer call() throws InterruptedException {
        if (nul && whole) {
            throw new ParameterException(
                    command.commandLine(),
                    "--nul and --whole exclude each other: give one of them");
        }
        Separator separator = nul ? Separator.NUL : whole ? Separator.NONE : Separator.LINE_END;
        try (Queue queue = address.openToStay(target, true)) {
            push(
                    queue,
                    new Pusher.Options(
                            separator, 0, false, MESSAGES_PER_COMMIT, COMMIT_MILLIS, true));
        }
        return Exit.OK;
    }

    /** Pushes standard input and tells on standard error what became of it. */
    static void push(Queue queue, Pusher.Options options) throws InterruptedException {
        try (Pusher pusher = new Pusher(queue, options);
                StopHook _ = new StopHook(pusher::stop)) {
            try {
                pusher.run(System.in);
            } finally {
                System.err.println(pusher.report());
            }
        }
    }
}
