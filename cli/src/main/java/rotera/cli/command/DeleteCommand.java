package rotera.cli.command;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import rotera.cli.queues.Address;
import rotera.cli.queues.Servers;
import rotera.cli.queues.Target;
import rotera.cli.text.CommandException;
import rotera.cli.text.Exit;
import rotera.cli.text.Terminal;
import rotera.cli.text.TerminalEscaper;
import rotera.client.RemoteQueue;
import rotera.client.Rotera;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.RotFileInfo;

/** {@code rotera delete}. */
@Command(
        name = "delete",
        mixinStandardHelpOptions = true,
        description = "Deletes a queue with all its messages, for good.",
        footer = {
            "",
            "Asks before it deletes; without a terminal --yes has to be given. A queue of a server is "
                    + "deleted by the server: those who push to it or stream it get an error. A FILE is "
                    + "deleted directly, unless a program has it open.",
            "",
            "Examples:",
            "  rotera delete 55",
            "  rotera delete --yes orders",
            "  rotera delete ./old.rot"
        })
public final class DeleteCommand implements Callable<Integer> {
    private static final int MAX_ANSWER_BYTES = 100;

    @Spec private CommandSpec command;
    @Mixin private Address address;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Parameters(
            paramLabel = "QUEUE",
            converter = Target.Converter.class,
            description = Target.DESCRIPTION)
    private Target target;

    @Override
    public Integer call() throws IOException {
        if (!yes && !Terminal.isStandardInput())
            throw new ParameterException(
                    command.commandLine(),
                    "there is no terminal to ask on: --yes deletes without a question");
        return switch (target) {
            case Target.OnServer queue -> deleteOnServer(address.of(queue), queue.queue());
            case Target.InFile file -> deleteFile(file);
        };
    }

    private int deleteOnServer(Address server, String name) throws IOException {
        RotFileInfo file;
        String queue;
        try (RemoteQueue connected = Servers.connect(server.host(), server.port(), name)) {
            file = connected.info().file();
            queue = "queue " + connected.info().number();
        }
        if (!file.name().isEmpty()) queue += " (" + TerminalEscaper.of(file.name()) + ")";
        if (!isSure(queue, file.messages())) return Exit.FAILED;
        Rotera.delete(server.options(name), file.uniqueId());
        System.out.println("deleted " + queue);
        return Exit.OK;
    }

    /** Nobody can open the file to write before its name is gone. */
    private int deleteFile(Target.InFile target) throws IOException {
        address.refuseServerOptions(target);
        target.checkExists();
        try (RotFile file = RotFile.openReadOnly(target.path())) {
            if (!isSure(target.path().toString(), file.info().messages())) return Exit.FAILED;
            RotFile.delete(target.path());
        } catch (QueueException.HeldByAnotherProcessException e) {
            throw new CommandException(
                    e.getMessage() + "; to delete a queue of a server: rotera delete NUMBER", e);
        }
        System.out.println("deleted " + target.path());
        return Exit.OK;
    }

    private boolean isSure(String queue, long messages) throws IOException {
        if (yes) return true;
        System.err.printf(
                Locale.ROOT, "Delete %s with %,d messages for good? [y/N] ", queue, messages);
        StringBuilder answer = new StringBuilder();
        for (int c = System.in.read(); c >= 0 && c != '\n'; c = System.in.read()) {
            if (answer.length() < MAX_ANSWER_BYTES) answer.append((char) c);
        }
        String word = answer.toString().strip().toLowerCase(Locale.ROOT);
        if (word.equals("y") || word.equals("yes")) return true;
        System.err.println("rotera delete: nothing was deleted");
        return false;
    }
}
