package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A program in a terminal of 80 x 24 that {@code script} of util-linux makes. */
public final class PseudoTerminal implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Process process;
    private final OutputStream keys;
    private final StringBuilder shown = new StringBuilder();
    private int seen;

    private PseudoTerminal(Process process) {
        this.process = process;
        this.keys = process.getOutputStream();
        Thread.ofVirtual().start(() -> collect(process.getInputStream()));
    }

    /** Runs a command; what it prints behind its end is seen too, so that a test sees the end. */
    public static PseudoTerminal start(Path directory, List<String> command) throws IOException {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/script")),
                "there is no script of util-linux here");
        String line =
                command.stream()
                        .map(word -> "'" + word.replace("'", "'\\''") + "'")
                        .collect(Collectors.joining(" "));
        ProcessBuilder builder =
                new ProcessBuilder(
                                "/usr/bin/script",
                                "-qec",
                                // Ctrl-C ends programs, and not the shell that started them.
                                "trap : INT; stty rows 24 cols 80; "
                                        + line
                                        + "; echo \"ended with $?\"",
                                "/dev/null")
                        .directory(directory.toFile())
                        .redirectErrorStream(true);
        builder.environment().put("TERM", "xterm-256color");
        builder.environment().put("SHELL", "/bin/sh");
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("XDG_STATE_HOME", directory.resolve("state").toString());
        return new PseudoTerminal(builder.start());
    }

    /** The {@code rotera} program. */
    public static PseudoTerminal startRotera(Path directory, String... arguments)
            throws IOException {
        return start(directory, Program.builder(directory, arguments).command());
    }

    private void collect(InputStream output) {
        byte[] buffer = new byte[8192];
        try {
            for (int n = output.read(buffer); n > 0; n = output.read(buffer)) {
                synchronized (shown) {
                    // Tests look for what is ASCII; a character cut in two does no harm.
                    shown.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
                    shown.notifyAll();
                }
            }
        } catch (IOException e) {
            // The terminal was closed.
        }
    }

    public void type(String text) throws IOException {
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }

    /** Waits until this is shown, behind what was waited for before; returns what came until it. */
    public String await(String text) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        synchronized (shown) {
            while (shown.indexOf(text, seen) < 0) {
                long left = (end - System.nanoTime()) / 1_000_000;
                assertThat(left).as("waiting for '%s' in: %s", text, shown).isPositive();
                shown.wait(left);
            }
            int begin = seen;
            seen = shown.indexOf(text, seen) + text.length();
            return shown.substring(begin, seen);
        }
    }

    /** Everything so far. */
    public String shown() {
        synchronized (shown) {
            return shown.toString();
        }
    }

    /** Makes the terminal larger or smaller, as dragging the window does. */
    public void resize(int rows, int columns) throws IOException, InterruptedException {
        ProcessHandle program = program();
        String terminal = "/proc/" + program.pid() + "/fd/0";
        new ProcessBuilder("stty", "-F", terminal, "rows", "" + rows, "cols", "" + columns)
                .inheritIO()
                .start()
                .waitFor();
    }

    private ProcessHandle program() {
        return process.descendants()
                .filter(child -> child.info().command().orElse("").endsWith("/java"))
                .findAny()
                .orElseThrow();
    }

    /** Sends SIGTERM to the program, as {@code kill} does. */
    public void terminate() {
        program().destroy();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
