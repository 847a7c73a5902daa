package rotera.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a process of this machine has used, from /proc.
 *
 * @param processorNanos time on processors, user and system
 * @param ownBytes resident memory without mapped files: heap, code, buffers
 * @param mappedFileBytes resident pages of mapped files, which the kernel takes back when it needs
 *     them
 */
public record ProcessFigures(long processorNanos, long ownBytes, long mappedFileBytes) {
    /** Linux counts in hundredths of a second, whatever its own clock does. */
    private static final long NANOS_PER_TICK = 10_000_000;

    /** Empty when there is no such process, or it may not be looked at. */
    public static Optional<ProcessFigures> of(long process) {
        Path directory = Path.of("/proc", String.valueOf(process));
        try {
            String stat = Files.readString(directory.resolve("stat"));
            List<String> fields =
                    Arrays.asList(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
            long ticks = Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12));
            List<String> status = Files.readAllLines(directory.resolve("status"));
            return Optional.of(
                    new ProcessFigures(
                            ticks * NANOS_PER_TICK,
                            bytes(status, "RssAnon:") + bytes(status, "RssShmem:"),
                            bytes(status, "RssFile:")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static long bytes(List<String> status, String name) {
        for (String line : status) {
            if (line.startsWith(name)) return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
        }
        return 0;
    }
}
