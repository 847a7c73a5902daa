package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import rotera.cli.text.Output;

/** Runs {@code rotera} for tests: in this JVM, or as a process of its own. */
public final class Program {
    private static final long PATIENCE_SECONDS = 60;

    /** What a run left behind. */
    public record Result(int code, String output, String errors) {

        /** The errors, without what is said of the file system that the test runs on. */
        String complaints() {
            return errors.lines()
                    .filter(line -> !line.matches("warning: .* lies on .*"))
                    .collect(Collectors.joining("\n"));
        }
    }

    private Program() {}

    /** In this JVM. */
    public static Result run(String... arguments) {
        return runWithInput(new byte[0], arguments);
    }

    /** In this JVM, with some bytes as its standard input. */
    static Result runWithInput(byte[] input, String... arguments) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        InputStream inputBefore = System.in;
        PrintStream outputBefore = System.out;
        PrintStream errorsBefore = System.err;
        OutputStream messagesBefore = Output.standard;
        System.setIn(new ByteArrayInputStream(input));
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
        Output.standard = output;
        try {
            int code = Main.run(arguments);
            return new Result(
                    code,
                    output.toString(StandardCharsets.UTF_8),
                    errors.toString(StandardCharsets.UTF_8));
        } finally {
            System.setIn(inputBefore);
            System.setOut(outputBefore);
            System.setErr(errorsBefore);
            Output.standard = messagesBefore;
        }
    }

    /** As a process in a directory, with a text as its standard input. */
    public static Result runProcess(Path directory, String input, String... arguments) {
        try {
            Path errors = Files.createTempFile("rotera", ".errors");
            Path inputFile = Files.writeString(Files.createTempFile("rotera", ".input"), input);
            Process process =
                    builder(directory, arguments)
                            .redirectInput(inputFile.toFile())
                            .redirectError(errors.toFile())
                            .start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Result result = new Result(exitCode(process), output, Files.readString(errors));
            Files.delete(errors);
            Files.delete(inputFile);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a process in a directory, with its standard output in a file; returns the exit code. */
    static int runProcessTo(Path output, Path directory, String... arguments) throws IOException {
        return exitCode(builder(directory, arguments).redirectOutput(output.toFile()).start());
    }

    public static int exitCode(Process process) {
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** As the launcher starts it, from the classes of this test. */
    public static ProcessBuilder builder(Path directory, String... arguments) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx64m",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "rotera.cli.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("MALLOC_MMAP_THRESHOLD_", "1048576");
        return builder;
    }

    /** A server process that is ready. */
    public static final class ServerProcess implements AutoCloseable {
        private final Process process;
        private final List<String> said = Collections.synchronizedList(new ArrayList<>());
        private int port;
        private int kafkaPort;

        private ServerProcess(Process process) {
            this.process = process;
        }

        public static ServerProcess start(Path directory, String... options) throws IOException {
            return startAt(0, directory, options);
        }

        public static ServerProcess startAt(int port, Path directory, String... options)
                throws IOException {
            List<String> words = new ArrayList<>(List.of("server", "--port=" + port));
            words.addAll(List.of(options));
            return ready(builder(directory, words.toArray(String[]::new)).start());
        }

        /** From what {@link Program#builder} made. */
        public static ServerProcess start(ProcessBuilder builder) throws IOException {
            return ready(builder.start());
        }

        private static ServerProcess ready(Process process) throws IOException {
            ServerProcess server = new ServerProcess(process);
            BufferedReader errors = process.errorReader(StandardCharsets.UTF_8);
            for (String line = errors.readLine(); line != null; line = errors.readLine()) {
                server.said.add(line);
                if (line.startsWith("rotera: listening for Kafka ")) server.kafkaPort = port(line);
                if (!line.startsWith("rotera: listening on ")) continue;
                server.port = port(line);
                // The process would wait if nobody read.
                Thread.ofVirtual().start(() -> errors.lines().forEach(server.said::add));
                return server;
            }
            throw new AssertionError("the server said " + server.said + " and ended");
        }

        private static int port(String line) {
            return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
        }

        public int port() {
            return port;
        }

        /** Of the listener for Kafka programs; 0 without one. */
        public int kafkaPort() {
            return kafkaPort;
        }

        public long pid() {
            return process.pid();
        }

        public boolean isAlive() {
            return process.isAlive();
        }

        public String[] with(String... words) {
            List<String> all = new ArrayList<>(List.of(words));
            all.add(1, "--port=" + port);
            return all.toArray(String[]::new);
        }

        /** The lines on its standard error up to now. */
        public List<String> said() {
            synchronized (said) {
                return List.copyOf(said);
            }
        }

        /** As {@code kill -9} does. */
        void kill() {
            process.destroyForcibly();
            exitCode(process);
        }

        /** As {@code kill} does; returns the exit code. */
        public int terminate() {
            process.destroy();
            return exitCode(process);
        }

        @Override
        public void close() {
            kill();
        }
    }
}
