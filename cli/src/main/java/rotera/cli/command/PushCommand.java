package rotera.cli.command;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import rotera.cli.queues.Address;
import rotera.cli.queues.Patience;
import rotera.cli.queues.Target;
import rotera.cli.system.StopHook;
import rotera.cli.text.CommandException;
import rotera.cli.text.Exit;
import rotera.cli.text.Separator;
import rotera.queue.Queue;

/** {@code rotera push}. */
@Command(
        name = "push",
        mixinStandardHelpOptions = true,
        description = "Pushes messages or lines of standard input, and commits as it goes.",
        footer = {
            "",
            "Messages are bytes: nothing is decoded, only the line end is cut off. Commits after 10,000 "
                    + "messages or 100 ms, whichever comes first, and at the end; standard error tells the "
                    + "ids then. A message that is too large for the queue is named by its line and skipped. "
                    + "A line that has not ended on SIGTERM is not pushed.",
            "",
            "Exit code 0: all was pushed. 3: all but messages that were too large. 1: it failed.",
            "",
            "Examples:",
            "  rotera push 55 hello 'a second message'",
            "  rotera push 55 < /var/log/syslog",
            "  tail -F /var/log/syslog | rotera push 55",
            "  find . -print0 | rotera push --nul 55     names may hold line ends",
            "  rotera push --whole orders < order.pdf    the file is one message",
            "  seq 1000 | rotera push ./55.rot           without a server"
        })
public final class PushCommand implements Callable<Integer> {
    private static final int MESSAGES_PER_COMMIT = 10_000;
    private static final long COMMIT_MILLIS = 100;

    @Spec private CommandSpec command;
    @Mixin private Address address;
    @Mixin private Patience patience;

    @Option(names = "--nul", description = "Messages end with a NUL instead of a line end.")
    private boolean nul;

    @Option(names = "--fail-fast", description = "Stop at a message that is too large.")
    private boolean failFast;

    @Option(names = "--whole", description = "The whole input is one message.")
    private boolean whole;

    @Parameters(
            index = "0",
            paramLabel = "QUEUE",
            converter = Target.Converter.class,
            description = Target.DESCRIPTION)
    private Target target;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "MESSAGE",
            description = "Messages; without any, standard input has them.")
    private List<String> messages = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        if (nul && whole) {
            throw new ParameterException(
                    command.commandLine(),
                    "--nul and --whole exclude each other: give one of them");
        }
        if ((nul || whole) && !messages.isEmpty()) {
            throw new ParameterException(
                    command.commandLine(),
                    (nul ? "--nul" : "--whole")
                            + " is about standard input, which is not read when messages are given");
        }
        try (Queue queue = address.openToStay(target, true, patience)) {
            return push(
                    queue,
                    messages.isEmpty() ? System.in : new ByteArrayInputStream(given()),
                    new Pusher.Options(
                            separator(),
                            0,
                            false,
                            MESSAGES_PER_COMMIT,
                            COMMIT_MILLIS,
                            true,
                            failFast || whole));
        }
    }

    private Separator separator() {
        if (whole) return Separator.NONE;
        return nul || !messages.isEmpty() ? Separator.NUL : Separator.LINE_END;
    }

    /** The messages of the command line, as the bytes that they were there, each with a NUL. */
    private byte[] given() {
        Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < messages.size(); i++) {
            String message = messages.get(i);
            if (message.indexOf('\ufffd') >= 0 || !charset.newEncoder().canEncode(message)) {
                throw new CommandException(
                        "message %d is no text in %s, the encoding of this environment: push it on standard input"
                                .formatted(i + 1, charset));
            }
            bytes.writeBytes(message.getBytes(charset));
            bytes.write(0);
        }
        return bytes.toByteArray();
    }

    /** Pushes an input, tells on standard error what became of it, and returns the exit code. */
    public static int push(Queue queue, InputStream input, Pusher.Options options)
            throws InterruptedException {
        try (Pusher pusher = new Pusher(queue, options);
                StopHook _ = new StopHook(pusher::stop)) {
            try {
                pusher.run(input);
            } finally {
                System.err.println(pusher.report());
            }
            return pusher.skipped() == 0 ? Exit.OK : Exit.SKIPPED;
        }
    }
}
