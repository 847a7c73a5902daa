package rotera.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Measures the embedded queue and the server beside bare loops that do the least such work can
 * take, in alternating rounds, and prints the medians as a table: {@code Report LOAD ROTERA
 * DIRECTORY ROUNDS}. {@code benchmark/run} starts it.
 */
public final class Report {
    private static final int PORT = 18245;
    private static final String MESSAGES = "5000000";

    private final String load;
    private final Path rotera;
    private final Path directory;
    private final Map<String, List<Double>> results = new LinkedHashMap<>();

    private Report(String load, Path rotera, Path directory) {
        this.load = load;
        this.rotera = rotera;
        this.directory = directory;
    }

    public static void main(String... args) throws IOException, InterruptedException {
        new Report(args[0], Path.of(args[1]), Path.of(args[2])).run(Integer.parseInt(args[3]));
    }

    private void run(int rounds) throws IOException, InterruptedException {
        Path bare = directory.resolve("bare.dat");
        byte[] zeros = new byte[1 << 20];
        try (var out = Files.newOutputStream(bare)) {
            for (int i = 0; i < 512; i++) out.write(zeros);
        }
        Path embedded = directory.resolve("embedded");
        Files.createDirectories(embedded);
        Path file = embedded.resolve("1.rot");
        Files.createDirectories(directory.resolve("served"));
        Process server = startServer();
        try {
            for (int round = 1; round <= rounds; round++) {
                say("round " + round + " of " + rounds);
                load("bare file loop, 100 B", "disk", bare, 3, 100);
                embedded("embedded, 1 message per commit", file, "durable", 3, 1, 100);
                load("bare file loop, 104,000 B", "disk", bare, 3, 104_000);
                embedded("embedded, 1,000 messages per commit", file, "durable", 3, 1000, 100);
                embedded("embedded, push only, 1,000 per push", file, "push", 3, 1000, 100);
                embedded("embedded, push only, 1 per push", file, "push", 3, 1, 100);
                embedded("embedded, read", file, "read", 3, 1000, 100);
                load("bare server, 1 connection", "bare", bare, 3, 100);
                load("server, 1 message per commit, 1 connection", "commit", PORT, 1, 3, 1, 100);
                load("server, 1 message per commit, 16 connections", "commit", PORT, 1, 3, 16, 100);
                load("server, 1 message per commit, 64 connections", "commit", PORT, 1, 3, 64, 100);
                load("server, push, 1,000 per request", "push", PORT, 1, MESSAGES, 1000, 100);
                load("server, stream, 1,000 per reply", "stream", PORT, 1, MESSAGES, 1000);
                load("server, stream, 64 per reply", "stream", PORT, 1, MESSAGES, 64);
            }
            table();
            memory(server.pid());
            idle(server.pid());
        } finally {
            server.destroy();
            if (!server.waitFor(10, TimeUnit.SECONDS)) server.destroyForcibly();
        }
    }

    private Process startServer() throws IOException, InterruptedException {
        Process server =
                new ProcessBuilder(
                                rotera.toString(),
                                "server",
                                "--dir",
                                directory.resolve("served").toString(),
                                "--port",
                                String.valueOf(PORT),
                                "--create",
                                "1:1GiB")
                        .inheritIO()
                        .start();
        for (int tries = 0; tries < 600; tries++) {
            if (new ProcessBuilder(rotera.toString(), "ping", "--port", String.valueOf(PORT), "1")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0) {
                return server;
            }
        }
        throw new IOException("the server does not answer on port " + PORT);
    }

    private void load(String name, String mode, Object... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(load, mode));
        for (Object argument : arguments) command.add(argument.toString());
        measure(name, command);
    }

    private void embedded(String name, Path file, String work, Object... arguments)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx64m",
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Embedded.class.getName(),
                                file.toString(),
                                work));
        for (Object argument : arguments) command.add(argument.toString());
        measure(name, command);
    }

    private void measure(String name, List<String> command)
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) throw new IOException(command + " failed");
        say("  " + name + ": " + output);
        results.computeIfAbsent(name, key -> new ArrayList<>())
                .add(Double.valueOf(output.substring(0, output.indexOf(' '))));
    }

    private void table() {
        print("| work, 100 B messages | median, messages/s | lowest - highest |");
        print("|---|---:|---:|");
        results.forEach((name, values) -> {
            double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            print(
                    String.format(
                            Locale.ROOT,
                            "| %s | %,.0f | %,.0f - %,.0f |",
                            name,
                            median(sorted),
                            sorted[0],
                            sorted[sorted.length - 1]));
        });
        print("");
        print("| ratio, median of the rounds | |");
        print("|---|---:|");
        ratio("embedded, 1 message per commit", "bare file loop, 100 B");
        ratio("server, 1 message per commit, 1 connection", "bare server, 1 connection");
        ratio(
                "server, 1 message per commit, 16 connections",
                "server, 1 message per commit, 1 connection");
    }

    private void ratio(String one, String other) {
        List<Double> above = results.getOrDefault(one, List.of());
        List<Double> below = results.getOrDefault(other, List.of());
        double[] ratios = new double[above.size()];
        for (int i = 0; i < ratios.length; i++) ratios[i] = above.get(i) / below.get(i);
        Arrays.sort(ratios);
        print(String.format(Locale.ROOT, "| %s : %s | %.2f |", one, other, median(ratios)));
    }

    private static double median(double[] sorted) {
        return sorted.length % 2 == 1
                ? sorted[sorted.length / 2]
                : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
    }

    private void memory(long server) throws IOException {
        print("");
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(server), "status"))) {
            if (line.startsWith("RssAnon")
                    || line.startsWith("RssFile")
                    || line.startsWith("VmHWM")) {
                print("server " + line.replaceAll("\\s+", " "));
            }
        }
    }

    private void idle(long server) throws IOException, InterruptedException {
        Process waiting =
                new ProcessBuilder(load, "wait", String.valueOf(PORT), "1", "11", "100").start();
        TimeUnit.SECONDS.sleep(1);
        long before = ticks(server);
        TimeUnit.SECONDS.sleep(10);
        print(
                "idle server, 100 waiting streams: "
                        + (ticks(server) - before) * 10
                        + " ms of processor time in 10 s");
        waiting.waitFor();
    }

    /** Processor time of a process, user and system, in hundredths of a second. */
    private static long ticks(long process) throws IOException {
        String stat = Files.readString(Path.of("/proc", String.valueOf(process), "stat"));
        List<String> fields =
                Arrays.asList(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        return Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12));
    }

    @SuppressWarnings("SystemOut")
    private static void print(String line) {
        System.out.println(line);
    }

    @SuppressWarnings("SystemOut")
    private static void say(String line) {
        System.err.println(line);
    }
}
