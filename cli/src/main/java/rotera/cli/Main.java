package rotera.cli;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import rotera.cli.bench.BenchCommand;
import rotera.cli.command.CheckCommand;
import rotera.cli.command.ClientCommand;
import rotera.cli.command.CommitCommand;
import rotera.cli.command.ConsumeCommand;
import rotera.cli.command.CopyCommand;
import rotera.cli.command.CreateCommand;
import rotera.cli.command.DeleteCommand;
import rotera.cli.command.ImportCommand;
import rotera.cli.command.InspectCommand;
import rotera.cli.command.PingCommand;
import rotera.cli.command.PushCommand;
import rotera.cli.command.QueuesCommand;
import rotera.cli.command.ReadCommand;
import rotera.cli.command.RenameCommand;
import rotera.cli.command.RepairCommand;
import rotera.cli.command.ServerCommand;
import rotera.cli.command.StreamCommand;
import rotera.cli.repl.ReplCommand;
import rotera.cli.system.StandardStreams;
import rotera.cli.system.Termination;
import rotera.cli.text.CommandException;
import rotera.cli.text.Exit;
import rotera.cli.text.Output;
import rotera.cli.text.PipeClosedException;
import rotera.cli.top.TopCommand;
import rotera.queue.QueueException;

/** The entry point of the {@code rotera} program. */
@Command(
        name = "rotera",
        mixinStandardHelpOptions = true,
        version = "rotera 0.1.0",
        description = "A persistent rotating queue: each queue is one file of fixed size.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "",
        footer = {
            "",
            "QUEUE: number or name of a queue on a server, HOST:PORT/QUEUE, or a file (with a / or",
            ".rot in it).",
            "",
            "Examples:",
            "  rotera server --create 55              make queue 55 here and serve it",
            "  tail -F /var/log/syslog | rotera push 55",
            "  rotera stream 55 | grep error",
            "  rotera consume 55 --resume mail.position -- ./send-mails",
            "  rotera COMMAND --help                  more about a command",
            "",
            "Exit codes:",
            "  0    done",
            "  1    failed, standard error says why; ping: not alive; check: damage",
            "  2    wrong usage",
            "  3    push: done, but for messages that were too large",
            "  141  the reader of the output went away (as in: rotera read 55 | head)"
        })
final class Main implements Runnable {
    private static final Map<String, Supplier<Object>> COMMANDS = commands();

    /** How the help lists the commands; those that are in no group come last. */
    private static final Map<String, List<String>> GROUPS = groups();

    @Spec private CommandSpec command;

    private Main() {}

    public static void main(String[] arguments) {
        boolean serves = arguments.length > 0 && arguments[0].equals("server");
        if (serves) Termination.begin();
        StandardStreams.secure();
        int code = run(arguments);
        if (serves) Termination.end();
        System.exit(code == Exit.OK ? answered() : code);
    }

    /** Nothing failed but the way to whoever asked. */
    private static int answered() {
        System.out.flush();
        IOException failure = StandardStreams.failure();
        if (failure == null) return Exit.OK;
        if (Output.isPipeClosed(failure)) return Exit.PIPE_CLOSED;
        System.err.println("rotera: cannot write to standard output: " + failure.getMessage());
        return Exit.FAILED;
    }

    /** Runs one command and returns its exit code. */
    static int run(String... arguments) {
        String[] words = withoutRunBookForm(arguments);
        try {
            return commandLine(words).execute(words);
        } catch (OutOfMemoryError e) {
            System.err.println(
                    "rotera: out of memory: give it more, ROTERA_JAVA_OPTIONS=-Xmx512m rotera ...");
            return Exit.FAILED;
        }
    }

    @Override
    public void run() {
        command.commandLine().usage(System.out);
    }

    private static Map<String, Supplier<Object>> commands() {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("server", ServerCommand::new);
        commands.put("create", CreateCommand::new);
        commands.put("rename", RenameCommand::new);
        commands.put("delete", DeleteCommand::new);
        commands.put("push", PushCommand::new);
        commands.put("commit", CommitCommand::new);
        commands.put("read", ReadCommand::new);
        commands.put("stream", StreamCommand::new);
        commands.put("consume", ConsumeCommand::new);
        commands.put("ping", PingCommand::new);
        commands.put("queues", QueuesCommand::new);
        commands.put("check", CheckCommand::new);
        commands.put("inspect", InspectCommand::new);
        commands.put("copy", CopyCommand::new);
        commands.put("snapshot", CopyCommand::new);
        commands.put("repair", RepairCommand::new);
        commands.put("import", ImportCommand::new);
        commands.put("repl", ReplCommand::new);
        commands.put("top", TopCommand::new);
        commands.put("bench", BenchCommand::new);
        commands.put("client", ClientCommand::new);
        commands.put("completion", CompletionCommand::new);
        commands.put("help", HelpCommand::new);
        commands.put("version", VersionCommand::new);
        return commands;
    }

    private static Map<String, List<String>> groups() {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        groups.put("Make and serve queues", List.of("server", "create", "rename", "delete"));
        groups.put("Use a queue", List.of("push", "commit", "read", "stream", "consume", "ping"));
        groups.put("Look at queues", List.of("queues", "inspect", "top", "repl", "check"));
        groups.put("Copy and repair", List.of("copy", "snapshot", "repair", "import"));
        groups.put("Measure", List.of("bench"));
        return groups;
    }

    static boolean isCommand(String name) {
        return COMMANDS.containsKey(name);
    }

    static CommandLine withAllCommands() {
        return commandLine(new String[0]);
    }

    /** With the one command that is meant: looking at all of them takes time at every start. */
    private static CommandLine commandLine(String[] words) {
        CommandLine line = new CommandLine(new Main());
        Supplier<Object> only = words.length == 0 ? null : COMMANDS.get(words[0]);
        if (only != null) {
            line.addSubcommand(words[0], only.get());
        } else {
            COMMANDS.forEach((name, command) -> line.addSubcommand(name, command.get()));
            line.getHelpSectionMap().put(SECTION_KEY_COMMAND_LIST, Main::commandList);
        }
        line.setExecutionExceptionHandler(
                (exception, failed, parsed) -> failure(exception, failed));
        line.setParameterExceptionHandler((exception, words2) -> misuse(exception));
        return line;
    }

    private static String commandList(Help help) {
        Map<String, Help> left = new LinkedHashMap<>(help.subcommands());
        StringBuilder list = new StringBuilder();
        GROUPS.forEach((title, names) -> group(title, names, left, list));
        group("More", List.copyOf(left.keySet()), left, list);
        return list.toString();
    }

    private static void group(
            String title, List<String> names, Map<String, Help> left, StringBuilder list) {
        list.append('\n').append(title).append(":\n");
        for (String name : names) {
            Help command = left.remove(name);
            if (command == null) continue;
            String description = command.commandSpec().usageMessage().description()[0];
            list.append(String.format("  %-11s%s%n", name, description));
        }
    }

    /** The original made a file with {@code rotera --create -s FILE}. */
    private static String[] withoutRunBookForm(String[] arguments) {
        if (arguments.length == 0 || COMMANDS.containsKey(arguments[0])) return arguments;
        List<String> words = new ArrayList<>(Arrays.asList(arguments));
        if (!words.remove("--create")) return arguments;
        words.addFirst("create");
        return words.toArray(String[]::new);
    }

    private static int failure(Exception exception, CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        switch (exception) {
            case PipeClosedException e -> {
                return Exit.PIPE_CLOSED;
            }
            case CommandException e -> System.err.println(name + ": " + e.getMessage());
            case QueueException e -> System.err.println(name + ": " + e.getMessage());
            default -> {
                System.err.println(name + ": unexpected error: " + exception);
                if (Boolean.getBoolean("rotera.trace")) exception.printStackTrace();
                else
                    System.err.println(
                            "Where it happened: ROTERA_JAVA_OPTIONS=-Drotera.trace=true "
                                    + name
                                    + " ...");
            }
        }
        return Exit.FAILED;
    }

    private static int misuse(ParameterException exception) {
        CommandLine command = exception.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        System.err.println(name + ": " + exception.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(exception, System.err);
        System.err.println("See: " + name + " --help");
        return Exit.USAGE;
    }
}
