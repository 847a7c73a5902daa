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
 * take, and the Java client beside {@code load}, in alternating rounds, and prints the medians as a
 * table: {@code Report LOAD ROTERA DIRECTORY ROUNDS PREFIX}. Only the rows whose names begin with
 * the prefix are measured, and those that they are compared with; with an empty one all, and the
 * server's memory. {@code benchmark/run} starts it.
 */
public final class Report {
    private static final int PORT = 18245;
    private static final String MESSAGES = "5000000";

    private static final List<Ratio> RATIOS =
            List.of(
                    new Ratio("embedded, 1 message per commit", "bare file loop, 100 B"),
                    new Ratio(
                            "server, 1 message per commit, 1 connection",
                            "bare server, 1 connection"),
                    new Ratio(
                            "server, 1 message per commit, 16 connections",
                            "server, 1 message per commit, 1 connection"),
                    new Ratio(
                            "client: one durable message at a time",
                            "server, 1 message per commit, 1 connection"),
                    new Ratio("client: push 1,000 x 100 B", "server, push, 1,000 per request"),
                    new Ratio("client: stream", "server, stream, 1,000 per reply"));

    private final String load;
    private final Path rotera;
    private final Path directory;
    private final String prefix;
    private final Map<String, List<Double>> results = new LinkedHashMap<>();

    /** A row that is compared with another one, the names of both. */
    private record Ratio(String row, String base) {}

    private Report(String load, Path rotera, Path directory, String prefix) {
        this.load = load;
        this.rotera = rotera;
        this.directory = directory;
        this.prefix = prefix;
    }

    public static void main(String... args) throws IOException, InterruptedException {
        new Report(args[0], Path.of(args[1]), Path.of(args[2]), args[4])
                .run(Integer.parseInt(args[3]));
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
        Path served = directory.resolve("served");
        Files.createDirectories(served);
        try (ServerProcess server = new ServerProcess(rotera, served, PORT, "--create", "1:1GiB")) {
            // Streams need messages, and the rows that push them may be left out.
            if (!prefix.isEmpty()) fill();
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
                client("client: one durable message at a time", "commit", PORT, 1, 3, 100);
                load("server, 1 message per commit, 16 connections", "commit", PORT, 1, 3, 16, 100);
                load("server, 1 message per commit, 64 connections", "commit", PORT, 1, 3, 64, 100);
                load("server, push, 1,000 per request", "push", PORT, 1, MESSAGES, 1000, 100);
                client("client: push 1,000 x 100 B", "push", PORT, 1, MESSAGES, 1000, 100);
                load("server, stream, 1,000 per reply", "stream", PORT, 1, MESSAGES, 1000);
                client("client: stream", "stream", PORT, 1, MESSAGES);
                load("server, stream, 64 per reply", "stream", PORT, 1, MESSAGES, 64);
            }
            table();
            if (prefix.isEmpty()) {
                memory(server.pid());
                idle(server.pid());
            }
        }
    }

    private void fill() throws IOException, InterruptedException {
        String _ =
                output(List.of(load, "push", String.valueOf(PORT), "1", MESSAGES, "1000", "100"));
    }

    private void load(String name, String mode, Object... arguments)
            throws IOException, InterruptedException {
        measure(name, List.of(load, mode), arguments);
    }

    private void embedded(String name, Path file, String work, Object... arguments)
            throws IOException, InterruptedException {
        List<String> command = java(Embedded.class, file.toString(), work);
        command.add(1, "-Xmx64m");
        measure(name, command, arguments);
    }

    private void client(String name, String work, Object... arguments)
            throws IOException, InterruptedException {
        measure(name, java(Remote.class, work), arguments);
    }

    private static List<String> java(Class<?> program, String... arguments) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                program.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private void measure(String name, List<String> program, Object... arguments)
            throws IOException, InterruptedException {
        if (!isWanted(name)) return;
        List<String> command = new ArrayList<>(program);
        for (Object argument : arguments) command.add(argument.toString());
        String output = output(command);
        say("  " + name + ": " + output);
        results.computeIfAbsent(name, key -> new ArrayList<>())
                .add(Double.valueOf(output.substring(0, output.indexOf(' '))));
    }

    private boolean isWanted(String name) {
        return name.startsWith(prefix)
                || RATIOS.stream()
                        .anyMatch(ratio -> ratio.base.equals(name) && ratio.row.startsWith(prefix));
    }

    private static String output(List<String> command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) throw new IOException(command + " failed");
        return output;
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
                            Median.of(values),
                            sorted[0],
                            sorted[sorted.length - 1]));
        });
        print("");
        print("| ratio, median of the rounds | |");
        print("|---|---:|");
        for (Ratio ratio : RATIOS) print(ratio);
    }

    private void print(Ratio ratio) {
        List<Double> above = results.getOrDefault(ratio.row, List.of());
        List<Double> below = results.getOrDefault(ratio.base, List.of());
        if (above.isEmpty() || below.isEmpty()) return;
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < above.size(); i++) ratios.add(above.get(i) / below.get(i));
        print(
                String.format(
                        Locale.ROOT,
                        "| %s : %s | %.2f |",
                        ratio.row,
                        ratio.base,
                        Median.of(ratios)));
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
