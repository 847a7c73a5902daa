package rotera.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The memory and the open files that this process may use, and the shares that a listener takes of
 * them. A system that tells nothing counts as one without a limit.
 *
 * @param memoryBytes of the machine, or of the control group if that allows less
 * @param openFiles the limit on open files (RLIMIT_NOFILE)
 */
public record Resources(long memoryBytes, long openFiles) {
    /** The heap, the code and the stacks of the JVM, and what the kernel keeps for sockets. */
    static final long BASE_BYTES = 160L << 20;

    private static final long MIN_LISTENER_BYTES = 16L << 20;

    /** What the program opens, and those of {@link WaitingClients}. */
    private static final int MIN_SPARE_FILES = 80;

    private static final int MAX_SPARE_FILES = 256;
    private static final int MIN_CONNECTIONS = 4;

    /** What one connection costs its listener, and the part of the open files for all of them. */
    private record Cost(int files, long bytes, double partOfFiles) {}

    private static final Cost NATIVE = new Cost(1, 32 << 10, 0.75);

    /** A thread, a selector and four buffers for each. */
    private static final Cost KAFKA = new Cost(4, 160 << 10, 0.25);

    /** Those of this process. */
    public static Resources ofProcess() {
        return read(Path.of("/"));
    }

    /** The same, with the files of the system below another root, for tests. */
    static Resources read(Path root) {
        long machine = kibibytes(lines(root.resolve("proc/meminfo")));
        long group = Long.MAX_VALUE;
        for (String line : lines(root.resolve("proc/self/cgroup"))) {
            String[] fields = line.split(":", 3);
            if (fields.length < 3) continue;
            Path mounted = root.resolve("sys/fs/cgroup");
            if (fields[1].isEmpty()) {
                group = Math.min(group, leastUpwards(mounted, fields[2], "memory.max"));
            } else if (List.of(fields[1].split(",")).contains("memory")) {
                Path memory = mounted.resolve("memory");
                group = Math.min(group, leastUpwards(memory, fields[2], "memory.limit_in_bytes"));
            }
        }
        long files = openFiles(lines(root.resolve("proc/self/limits")));
        return new Resources(Math.min(machine, group), files);
    }

    /** The memory for requests and replies of one listener, at most this much. */
    public long listenerBytes(long mostBytes) {
        long quarter = Math.max(0, memoryBytes - BASE_BYTES) / 4;
        return Math.clamp(quarter, Math.min(MIN_LISTENER_BYTES, mostBytes), mostBytes);
    }

    /**
     * The connections of the native port, at most this many.
     *
     * @param queues each of them has its file open; as many may come
     */
    public int nativeConnections(int most, int queues) {
        return connections(most, queues, NATIVE);
    }

    /** The same for the port of Kafka programs. */
    public int kafkaConnections(int most, int queues) {
        return connections(most, queues, KAFKA);
    }

    private int connections(int most, int queues, Cost cost) {
        long program = Math.clamp(openFiles / 8, MIN_SPARE_FILES, MAX_SPARE_FILES);
        long spare = program + 2L * queues;
        double files = Math.max(0, openFiles - spare) * cost.partOfFiles / cost.files;
        long byMemory = Math.max(0, memoryBytes - BASE_BYTES) / 4 / cost.bytes;
        return Math.clamp(Math.min((long) files, byMemory), MIN_CONNECTIONS, most);
    }

    /** The least limit of a control group and those above it. */
    private static long leastUpwards(Path mounted, String group, String file) {
        long least = limit(mounted.resolve(file));
        Path path = mounted;
        for (Path name : Path.of(group)) {
            path = path.resolve(name);
            least = Math.min(least, limit(path.resolve(file)));
        }
        return least;
    }

    private static long limit(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? Long.MAX_VALUE : number(lines.getFirst().strip());
    }

    private static long kibibytes(List<String> lines) {
        for (String line : lines)
            if (line.startsWith("MemTotal:")) return number(line.replaceAll("[^0-9]", "")) << 10;
        return Long.MAX_VALUE;
    }

    private static long openFiles(List<String> lines) {
        for (String line : lines)
            if (line.startsWith("Max open files"))
                return number(line.substring("Max open files".length()).strip().split(" +", 2)[0]);
        return Long.MAX_VALUE;
    }

    /** {@code max} and {@code unlimited} are no numbers. */
    private static long number(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : Long.MAX_VALUE;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}
