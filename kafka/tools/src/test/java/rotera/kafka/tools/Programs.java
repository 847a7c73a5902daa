package rotera.kafka.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs of the class path, each in a JVM of its own, their output in files. */
final class Programs {
    private static final List<String> JAVA =
            List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx384m",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                    "-cp",
                    System.getProperty("java.class.path"));

    private final Path directory;
    private int started;

    /**
     * @param directory for what they say
     */
    Programs(Path directory) {
        this.directory = directory;
    }

    /** What a program that has ended has said. */
    record Result(int exitCode, String output, String errors) {
        Result good() {
            assertThat(exitCode).as(this::toString).isZero();
            return this;
        }

        Result bad() {
            assertThat(exitCode).as(this::toString).isEqualTo(1);
            return this;
        }

        String said() {
            return output + errors;
        }

        List<String> lines() {
            return output.lines().filter(line -> !line.isBlank()).map(String::strip).toList();
        }
    }

    /** One that runs. */
    record Running(Process process, Path output, Path errors) implements AutoCloseable {
        String said() throws IOException {
            return Files.readString(output) + Files.readString(errors);
        }

        boolean isAlive() {
            return process.isAlive();
        }

        /** Asks it to end, as Ctrl-C does, and waits for that. */
        void stop() throws Exception {
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends when asked to").isTrue();
        }

        /** As {@code kill -9} does, if it has not ended. */
        @Override
        public void close() {
            try {
                process.destroyForcibly().waitFor();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Runs a program to its end, with an empty input. */
    Result run(String program, String... arguments) throws Exception {
        return runWith("", program, arguments);
    }

    Result runWith(String input, String program, String... arguments) throws Exception {
        Path file = Files.writeString(directory.resolve("input"), input);
        try (Running running = start(file.toFile(), program, List.of(arguments))) {
            boolean ended = running.process.waitFor(90, TimeUnit.SECONDS);
            assertThat(ended).as(() -> program + " ends").isTrue();
            return new Result(
                    running.process.exitValue(),
                    Files.readString(running.output),
                    Files.readString(running.errors));
        }
    }

    Running start(String program, String... arguments) throws IOException {
        return start(new File("/dev/null"), program, List.of(arguments));
    }

    private Running start(File input, String program, List<String> arguments) throws IOException {
        String name = ++started + "-" + program.substring(program.lastIndexOf('.') + 1);
        Path output = directory.resolve(name + ".out");
        Path errors = directory.resolve(name + ".err");
        List<String> command = new ArrayList<>(JAVA);
        command.add(program);
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectInput(input)
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile());
        return new Running(builder.start(), output, errors);
    }

    /** A question that is asked until the answer is yes. */
    interface Question {
        boolean isAnswered() throws Exception;
    }

    /** Waits for something, 60 s at most. */
    static void await(String what, Question question) throws Exception {
        long since = System.nanoTime();
        while (!question.isAnswered()) {
            assertThat(System.nanoTime() - since)
                    .as("%s within 60 s", what)
                    .isLessThan(60_000_000_000L);
            Thread.sleep(50);
        }
    }

    /** Lines of a text in UTF-8; none if the file is not there. */
    static List<String> lines(Path file) throws IOException {
        return Files.notExists(file) ? List.of() : Files.readAllLines(file, StandardCharsets.UTF_8);
    }
}
