package rotera.cli.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rotera.cli.queues.Address;
import rotera.cli.queues.Patience;
import rotera.cli.queues.PositionFile;
import rotera.cli.queues.Target;
import rotera.cli.text.Exit;
import rotera.cli.text.WholeNumber;
import rotera.queue.MessageStream;
import rotera.queue.Queue;
import rotera.queue.Start;
import rotera.queue.Status;

/** {@code rotera consume}. */
@Command(
        name = "consume",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        description = "Has a command handle all messages in batches, each at least once.",
        footer = {
            "",
            "COMMAND runs once for each batch and has it on standard input, whole. FILE keeps the"
                    + " position, durably: it moves when COMMAND ends with exit code 0. Otherwise the same"
                    + " batch comes again, after 1 s, 2 s, 4 s, and so on up to 60 s. Whatever is killed at"
                    + " whatever moment, no message is left out; some may come twice. Without FILE it begins"
                    + " at the oldest message. Messages that had been overwritten are skipped, and standard"
                    + " error tells how many.",
            "",
            "On SIGTERM and SIGINT a COMMAND that runs has 5 s to end, then gets SIGTERM, and SIGKILL 5 s"
                    + " later. Exit code 0: asked to stop, or all is done. 1: it failed, or messages were"
                    + " damaged.",
            "",
            "Examples:",
            "  rotera consume 55 --resume mail.position -- ./send-mails",
            "  rotera consume 55 --resume p --batch 1 -- sh -c 'curl --fail -d @- URL'",
            "  rotera consume 55 --resume p --format json -- ./load-into-database"
        })
public final class ConsumeCommand implements Callable<Integer> {
    @Mixin private Address address;
    @Mixin private Patience patience;
    @Mixin private OutputOptions outputOptions;

    @Option(
            names = "--resume",
            paramLabel = "FILE",
            required = true,
            description = "Keep the position in FILE, and go on from there the next time.")
    private Path resumeFile;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "100",
            converter = WholeNumber.ChunkConverter.class,
            description = "Messages for one run of COMMAND, at most (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            converter = WholeNumber.Converter.class,
            description = "Stop after so many messages (default: never).")
    private long count = Long.MAX_VALUE;

    @Parameters(
            index = "0",
            paramLabel = "QUEUE",
            converter = Target.Converter.class,
            description = Target.DESCRIPTION)
    private Target target;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "COMMAND",
            description = "A program and its arguments, behind --.")
    private List<String> command = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        try (Queue queue = address.openToStay(target, false, patience)) {
            Status status = queue.ping();
            try (PositionFile position =
                    PositionFile.open(resumeFile, Address.uniqueId(queue), status.next())) {
                long id = position.start().orElse(status.oldest());
                position.begin(id);
                // Nobody adds to a file as long as we read it.
                long end = target instanceof Target.InFile ? status.next() : Long.MAX_VALUE;
                if (id >= end) return Exit.OK;
                try (MessageStream stream = queue.stream(Start.id(id), count)) {
                    Consumer consumer =
                            new Consumer(stream.chunk(batch), outputOptions, position, command);
                    return consumer.run(end);
                }
            }
        }
    }
}
