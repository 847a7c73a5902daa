package rotera.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code rotera version}: the same as {@code --version}. */
@Command(
        name = "version",
        mixinStandardHelpOptions = true,
        description = "Shows the version.",
        footer = {"", "Example:", "  rotera version"})
final class VersionCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return Main.run("--version");
    }
}
