package rotera.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import rotera.compare.contender.Jvm;
import rotera.compare.report.Outcome;
import rotera.compare.work.Figure;

/** Does a cell in a new JVM and an empty directory, and leaves nothing behind but its log. */
final class CellProcess {
    private static final int MOST_SECONDS = 150;
    private static final List<String> JVM = List.of("-Xms1g", "-Xmx1g", "-XX:+UseSerialGC");

    private final Path root;
    private final Path directory;
    private final Path logs;
    private final boolean isShort;

    CellProcess(Path root, Options options) {
        this.root = root;
        directory = options.directory;
        logs = options.out.resolve("logs");
        isShort = options.isShort;
    }

    Outcome run(Cell cell, int round) throws IOException, InterruptedException {
        delete(directory);
        Files.createDirectories(directory);
        Files.createDirectories(logs);
        Path log = logs.resolve(cell.toString().replace(':', '-') + "-" + (round + 1) + ".log");
        long begin = System.nanoTime();
        try {
            Map<Figure, Double> figures = figures(cell, log);
            return new Outcome(cell, round, seconds(begin), figures, "");
        } catch (IOException e) {
            return new Outcome(
                    cell, round, seconds(begin), Map.of(), String.valueOf(e.getMessage()));
        } finally {
            delete(directory);
        }
    }

    private static double seconds(long beginNanos) {
        return (System.nanoTime() - beginNanos) / 1e9;
    }

    private Map<Figure, Double> figures(Cell cell, Path log)
            throws IOException, InterruptedException {
        List<String> command =
                Jvm.command(
                        Stream.concat(
                                        JVM.stream(),
                                        Stream.of(
                                                "-Dcompare.load="
                                                        + System.getProperty("compare.load", "")))
                                .toList(),
                        Driver.class.getName(),
                        cell.work().name(),
                        cell.contender().name(),
                        root.toString(),
                        directory.toString(),
                        isShort ? "short" : "core");
        Path output = log.resolveSibling(log.getFileName() + ".figures");
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(log.toFile())
                        .start();
        boolean ended = process.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
        List<ProcessHandle> servers = process.descendants().toList();
        process.destroyForcibly();
        for (ProcessHandle server : servers) server.destroyForcibly();
        List<String> lines = Files.readAllLines(output);
        Files.delete(output);
        if (!ended) throw new IOException("took longer than " + MOST_SECONDS + " s");
        if (process.waitFor() != 0) throw new IOException(lastCause(log));
        return figures(lines);
    }

    private static Map<Figure, Double> figures(List<String> lines) {
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("figure")) {
                figures.put(Figure.valueOf(words[1]), Double.valueOf(words[2]));
            }
        }
        return figures;
    }

    /** What the deepest exception of a stack trace says. */
    private static String lastCause(Path log) throws IOException {
        List<String> lines =
                Files.readAllLines(log).stream()
                        .filter(line -> line.contains("Exception") && !line.startsWith("\tat "))
                        .toList();
        return lines.isEmpty() ? "failed, see " + log : lines.getLast();
    }

    private static void delete(Path directory) throws IOException {
        if (Files.notExists(directory)) return;
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
