package rotera.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry point of the {@code rotera} program. */
@Command(name = "rotera", mixinStandardHelpOptions = true, version = "rotera 0.1.0")
final class Main implements Runnable {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs one command and returns its exit code. */
    static int run(String... arguments) {
        return new CommandLine(new Main()).execute(arguments);
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
