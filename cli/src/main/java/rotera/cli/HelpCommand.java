package rotera.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rotera help [COMMAND]}: the same as {@code --help}. */
@Command(
        name = "help",
        mixinStandardHelpOptions = true,
        description = "Shows what a command does, or lists the commands.",
        footer = {"", "Examples:", "  rotera help", "  rotera help push"})
final class HelpCommand implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "The command.")
    private @Nullable String name;

    @Override
    public Integer call() {
        if (name == null) return Main.run("--help");
        if (Main.isCommand(name)) return Main.run(name, "--help");
        throw new ParameterException(
                command.commandLine(), "there is no command " + name + ": rotera help lists them");
    }
}
