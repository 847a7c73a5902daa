package rotera.benchmark;

import java.io.BufferedReader;
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
import java.util.Random;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/**
 * How long opening takes, from 16 MiB to 16 GiB: of an empty queue, of one that was filled and
 * closed, and of one whose writer was killed while it pushed. {@code OpenCurve ROTERA DIRECTORY
 * DOCS MEBIBYTES} prints a table and puts it, with a plot, into the docs. {@code benchmark/open}
 * starts it.
 */
public final class OpenCurve {
    private static final List<Integer> ALL_MEBIBYTES = List.of(16, 64, 256, 1024, 4096, 16_384);
    private static final int TIMES = 5;
    private static final int COLD_TIMES = 3;
    private static final int PUSH_MESSAGES = 1000;
    private static final int MESSAGE_BYTES = 1000;
    private static final int PUSHES_PER_COMMIT = 8;
    private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");
    private static final String BEGIN = "<!-- written by benchmark/open -->";
    private static final String END = "<!-- end of what benchmark/open writes -->";

    private final Path rotera;
    private final Path directory;
    private final List<Integer> mebibytes;
    private final boolean canDropCaches = Files.isWritable(DROP_CACHES);
    private final Random random = new Random(1);

    /** Milliseconds, for each size, by what is measured. */
    private final Map<String, double[]> medians = new LinkedHashMap<>();

    private final Map<String, double[]> worst = new LinkedHashMap<>();

    /** Makes the file what it is to be when it is opened. */
    private interface Preparation {
        void run() throws IOException, InterruptedException;
    }

    private OpenCurve(Path rotera, Path directory, int largest) {
        this.rotera = rotera;
        this.directory = directory;
        this.mebibytes = ALL_MEBIBYTES.stream().filter(size -> size <= largest).toList();
    }

    public static void main(String... arguments) throws IOException, InterruptedException {
        if (arguments[0].equals("push")) {
            push(Path.of(arguments[1]));
            return;
        }
        OpenCurve curve =
                new OpenCurve(
                        Path.of(arguments[0]),
                        Path.of(arguments[1]),
                        Integer.parseInt(arguments[3]));
        curve.run();
        curve.write(Path.of(arguments[2]));
    }

    private void run() throws IOException, InterruptedException {
        warmUp();
        for (int at = 0; at < mebibytes.size(); at++) {
            say(size(mebibytes.get(at)));
            Path file = directory.resolve("open.rot");
            RotFile.create(file, CreateOptions.ofSize((long) mebibytes.get(at) << 20));
            measure(at, "empty", file, () -> {});
            goRound(file);
            measure(at, "full, stopped", file, () -> {});
            measure(at, "full, killed", file, () -> kill(file));
            Files.delete(file);
        }
    }

    /** The code of an opening is compiled, and a small file is not faster for being the first. */
    private void warmUp() throws IOException, InterruptedException {
        Path file = directory.resolve("warm.rot");
        RotFile.create(file, CreateOptions.ofSize(16 << 20));
        goRound(file);
        for (int i = 0; i < 200; i++) RotFile.open(file).close();
        for (int i = 0; i < 3; i++) {
            kill(file);
            RotFile.open(file).close();
        }
        Files.delete(file);
    }

    private void measure(int at, String state, Path file, Preparation preparation)
            throws IOException, InterruptedException {
        for (boolean cold : new boolean[] {false, true}) {
            if (cold && !canDropCaches) continue;
            String suffix = cold ? ", cold cache" : "";
            int times = cold ? COLD_TIMES : TIMES;
            double[] opens = new double[times];
            double[] processes = new double[times];
            for (int i = 0; i < times; i++) {
                preparation.run();
                if (cold) dropCaches();
                long begin = System.nanoTime();
                RotFile opened = RotFile.open(file);
                opens[i] = (System.nanoTime() - begin) / 1e6;
                opened.close();
                preparation.run();
                if (cold) dropCaches();
                processes[i] = firstMessage(file);
            }
            keep("open: " + state + suffix, at, opens);
            keep("process: " + state + suffix, at, processes);
        }
    }

    private void keep(String name, int at, double[] millis) {
        Arrays.sort(millis);
        medians.computeIfAbsent(name, _ -> new double[mebibytes.size()])[at] =
                millis[millis.length / 2];
        worst.computeIfAbsent(name, _ -> new double[mebibytes.size()])[at] =
                millis[millis.length - 1];
        say(
                String.format(
                        Locale.ROOT,
                        "  %s: %.1f ms (%.1f - %.1f)",
                        name,
                        millis[millis.length / 2],
                        millis[0],
                        millis[millis.length - 1]));
    }

    /** A process that is started, opens the file and prints a message, from beginning to end. */
    private double firstMessage(Path file) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        int code =
                new ProcessBuilder(rotera.toString(), "read", "--count", "1", file.toString())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start()
                        .waitFor();
        if (code != 0) throw new IOException("rotera read ended with " + code);
        return (System.nanoTime() - begin) / 1e6;
    }

    private static void dropCaches() throws IOException, InterruptedException {
        new ProcessBuilder("sync").start().waitFor();
        Files.writeString(DROP_CACHES, "3");
    }

    /** Pushes more than a lap, so that the oldest messages have been overwritten. */
    private static void goRound(Path path) {
        try (RotFile file = RotFile.open(path);
                Batch batch = batch()) {
            for (int i = 1; file.info().next().position() < file.info().ringBytes() * 9 / 8; i++) {
                file.push(batch);
                if (i % PUSHES_PER_COMMIT == 0) file.commit();
            }
        }
    }

    private static Batch batch() {
        Batch batch = new Batch();
        byte[] message = new byte[MESSAGE_BYTES];
        for (int i = 0; i < PUSH_MESSAGES; i++) batch.add(message);
        return batch;
    }

    /** Another process pushes with all its might, and is killed at some moment. */
    private void kill(Path file) throws IOException, InterruptedException {
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                OpenCurve.class.getName(),
                                "push",
                                file.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader said = child.inputReader(StandardCharsets.UTF_8)) {
            if (!"pushing".equals(said.readLine())) throw new IOException("no process that pushes");
            Thread.sleep(100 + random.nextInt(200));
        } finally {
            child.destroyForcibly();
            child.waitFor();
        }
    }

    /** The process that is killed. */
    private static void push(Path path) {
        try (RotFile file = RotFile.open(path);
                Batch batch = batch()) {
            System.out.println("pushing");
            for (int i = 1; ; i++) {
                file.push(batch);
                if (i % PUSHES_PER_COMMIT == 0) file.commit();
            }
        }
    }

    private void write(Path docs) throws IOException {
        String table = table();
        System.out.print(table);
        Files.writeString(docs.resolve("open.svg"), plot());
        new MarkedText(docs.resolve("benchmarks.md"), BEGIN, END).write(table);
    }

    private String table() {
        StringBuilder table = new StringBuilder("\n| milliseconds: median (longest) |");
        for (int size : mebibytes) table.append(' ').append(size(size)).append(" |");
        table.append("\n|---|").append("---:|".repeat(mebibytes.size())).append('\n');
        medians.forEach((name, values) -> {
            table.append("| ").append(name).append(" |");
            for (int i = 0; i < values.length; i++)
                table.append(
                        String.format(Locale.ROOT, " %.1f (%.1f) |", values[i], worstOf(name)[i]));
            table.append('\n');
        });
        return table.append('\n').toString();
    }

    private double[] worstOf(String name) {
        return worst.getOrDefault(name, new double[mebibytes.size()]);
    }

    private String plot() {
        List<String> sizes = mebibytes.stream().map(OpenCurve::size).toList();
        Plot plot = new Plot();
        plot.panel("RotFile.open, in a JVM that is warm", sizes, " ms", lines("open: "));
        plot.panel(
                "a new process, until it has printed its first message",
                sizes,
                " ms",
                lines("process: "));
        return plot.toString();
    }

    private List<Plot.Line> lines(String prefix) {
        List<Plot.Line> lines = new ArrayList<>();
        medians.forEach((name, values) -> {
            if (!name.startsWith(prefix)) return;
            boolean cold = name.endsWith("cold cache");
            int colour = name.contains("empty") ? 0 : name.contains("stopped") ? 1 : 2;
            lines.add(
                    new Plot.Line(
                            name.substring(prefix.length()),
                            cold,
                            colour,
                            Arrays.stream(values).boxed().toList()));
        });
        return lines;
    }

    private static String size(int mebibytes) {
        return mebibytes < 1024 ? mebibytes + " MiB" : mebibytes / 1024 + " GiB";
    }

    private static void say(String text) {
        System.err.println(text);
    }
}
