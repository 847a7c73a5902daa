package rotera.cli.repl;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import rotera.cli.queues.Address;
import rotera.cli.queues.Target;
import rotera.cli.system.ReaderWatch;
import rotera.cli.text.CommandException;
import rotera.cli.text.Exit;
import rotera.cli.text.Output;
import rotera.cli.text.Terminal;

/** {@code rotera repl}. */
@Command(
        name = "repl",
        mixinStandardHelpOptions = true,
        description = "Looks into queues and pushes to them, one command after the other.",
        footer = {
            "",
            "TAB completes, :help lists the commands. In a pipe one command per line, without prompt "
                    + "and colours; the exit code is 1 if one of them failed.",
            "",
            "Examples:",
            "  rotera repl 55",
            "  rotera repl rots/55.rot                   without a server",
            "  echo ':read 1000' | rotera repl 55"
        })
public final class ReplCommand implements Callable<Integer> {
    @Mixin private Address server;

    @Parameters(arity = "0..1", paramLabel = "QUEUE", description = Target.DESCRIPTION)
    private String queue = "";

    @Override
    public Integer call() {
        ReplQueues queues = new ReachableQueues(server);
        if (!Terminal.isStandardInput() || !Terminal.isStandardOutput()) return runPipe(queues);
        try (ReplTerminal terminal = new ReplTerminal(queues).withHistory(historyFile())) {
            terminal.run(queue);
        }
        return Exit.OK;
    }

    private int runPipe(ReplQueues queues) {
        PipeOutput output = new PipeOutput(Output.standard);
        boolean well = true;
        // Bytes that are no text in UTF-8 cannot be pushed here: rotera push takes any.
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Repl repl = new Repl(queues, output, false)) {
            AtomicBoolean readerGone = new AtomicBoolean();
            ReaderWatch.start(() -> {
                readerGone.set(true);
                repl.interrupt();
            });
            if (!queue.isEmpty()) well = repl.begin(queue);
            while (!repl.ended() && !readerGone.get()) {
                String line = readLine(lines);
                if (line == null) break;
                well &= repl.run(line);
            }
            if (readerGone.get()) return Exit.PIPE_CLOSED;
        }
        return well ? Exit.OK : Exit.FAILED;
    }

    private static @Nullable String readLine(BufferedReader lines) {
        try {
            return lines.readLine();
        } catch (IOException e) {
            throw new CommandException("cannot read standard input: " + e.getMessage(), e);
        }
    }

    private static Path historyFile() {
        String state = System.getenv("XDG_STATE_HOME");
        // The specification says that a relative one is to be ignored.
        Path directory =
                state != null && state.startsWith("/")
                        ? Path.of(state)
                        : Path.of(System.getProperty("user.home"), ".local", "state");
        return directory.resolve("rotera").resolve("history");
    }
}
