package rotera.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import rotera.cli.queues.Address;
import rotera.cli.queues.Servers;
import rotera.cli.queues.Target;
import rotera.cli.text.CommandException;
import rotera.cli.text.Exit;
import rotera.cli.text.TerminalEscaper;
import rotera.client.RemoteQueue;
import rotera.client.Rotera;
import rotera.queue.QueueException;
import rotera.queue.RotFile;

/** {@code rotera rename}. */
@Command(
        name = "rename",
        mixinStandardHelpOptions = true,
        description = "Gives a queue another name.",
        footer = {
            "",
            "The name is kept in the file; number, file name and messages stay as they are. Kafka "
                    + "programs find the queue as a topic of the new name. A name that another queue of "
                    + "the server has is refused.",
            "",
            "Examples:",
            "  rotera rename 55 orders",
            "  rotera rename orders orders-2026",
            "  rotera rename ./55.rot orders          a file that no server has"
        })
public final class RenameCommand implements Callable<Integer> {
    @Spec private CommandSpec command;
    @Mixin private Address address;

    @Parameters(
            index = "0",
            paramLabel = "QUEUE",
            converter = Target.Converter.class,
            description = Target.DESCRIPTION)
    private Target target;

    @Parameters(index = "1", paramLabel = "NAME", description = "The new name, up to 255 bytes.")
    private String name;

    @Override
    public Integer call() {
        checkName();
        switch (target) {
            case Target.OnServer queue -> {
                Address server = address.of(queue);
                // What fails to connect says how to go on.
                try (RemoteQueue connected =
                        Servers.connect(server.host(), server.port(), queue.queue())) {
                    Rotera.rename(server.options(Long.toString(connected.info().number())), name);
                    System.out.printf(
                            "queue %d is named %s now%n",
                            connected.info().number(), TerminalEscaper.of(name));
                }
            }
            case Target.InFile file -> {
                renameFile(file);
                System.out.println(file.path() + " is named " + TerminalEscaper.of(name) + " now");
            }
        }
        return Exit.OK;
    }

    private void renameFile(Target.InFile target) {
        address.refuseServerOptions(target);
        try (RotFile file = target.open(true)) {
            file.rename(name);
        } catch (QueueException.HeldByAnotherProcessException e) {
            throw new CommandException(
                    e.getMessage() + "; to rename a queue of a server: rotera rename NUMBER NAME",
                    e);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** Commands have to find the queue by its name. */
    private void checkName() {
        if (name.isEmpty())
            throw new ParameterException(
                    command.commandLine(), "the name is empty: it has 1 to 255 bytes");
        boolean digits = name.chars().allMatch(c -> c >= '0' && c <= '9');
        boolean isFile = isFile();
        if (!digits && !isFile) return;
        throw new ParameterException(
                command.commandLine(),
                "the name '%s' would be taken for a %s: choose one %s"
                        .formatted(
                                name,
                                digits ? "number" : "file",
                                digits ? "that has not only digits" : "without / and .rot"));
    }

    private boolean isFile() {
        try {
            return name.contains("/")
                    || new Target.Converter().convert(name) instanceof Target.InFile;
        } catch (TypeConversionException e) {
            throw new ParameterException(
                    command.commandLine(), String.valueOf(e.getMessage()), e, null, name);
        }
    }
}
