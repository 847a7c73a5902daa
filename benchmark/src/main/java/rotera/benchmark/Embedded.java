package rotera.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.Messages;
import rotera.queue.RotFile;

/**
 * What the embedded queue reaches:
 *
 * <pre>
 *   Embedded FILE push    SECONDS BATCH SIZE     push without waiting for commits
 *   Embedded FILE durable SECONDS BATCH SIZE     push and commit
 *   Embedded FILE read    SECONDS BATCH SIZE     read from the oldest on, again and again
 * </pre>
 *
 * The file is made, with 1 GiB, if it is not there. One line of figures on standard output.
 */
public final class Embedded {
    private Embedded() {}

    @SuppressWarnings("SystemOut")
    public static void main(String... args) throws IOException {
        Path path = Path.of(args[0]);
        if (!Files.exists(path)) RotFile.create(path, CreateOptions.ofSize(1L << 30));
        long nanos = (long) (Double.parseDouble(args[2]) * 1e9);
        int batch = Integer.parseInt(args[3]);
        int size = Integer.parseInt(args[4]);
        try (RotFile file = RotFile.open(path)) {
            long warmUp = 1_500_000_000L;
            String _ = work(file, args[1], warmUp, batch, size);
            System.out.println(work(file, args[1], nanos, batch, size));
        }
    }

    private static String work(RotFile file, String work, long nanos, int batch, int size) {
        return switch (work) {
            case "push" -> push(file, nanos, batch, size, false);
            case "durable" -> push(file, nanos, batch, size, true);
            case "read" -> read(file, nanos, batch);
            default -> throw new IllegalArgumentException("unknown work " + work);
        };
    }

    private static String push(RotFile file, long nanos, int count, int size, boolean durable) {
        byte[] message = new byte[size];
        Arrays.fill(message, (byte) 'x');
        try (Batch batch = new Batch()) {
            double[] latencies = new double[1 << 20];
            int commits = 0;
            long messages = 0;
            long begin = System.nanoTime();
            long end = begin + nanos;
            for (long now = begin; now < end; ) {
                batch.clear();
                for (int i = 0; i < count; i++) batch.add(message);
                file.push(batch);
                if (durable) file.commit();
                messages += count;
                long after = System.nanoTime();
                latencies[commits++ & ((1 << 20) - 1)] = (after - now) / 1e3;
                now = after;
            }
            file.commit();
            double seconds = (System.nanoTime() - begin) / 1e9;
            Arrays.sort(latencies, 0, Math.min(commits, 1 << 20));
            int kept = Math.min(commits, 1 << 20);
            return String.format(
                    Locale.ROOT,
                    "%.0f messages/s, %.0f batches/s, p50 %.0f us, p99 %.0f us",
                    messages / seconds,
                    commits / seconds,
                    latencies[kept / 2],
                    latencies[kept * 99 / 100]);
        }
    }

    private static String read(RotFile file, long nanos, int most) {
        try (Messages messages = new Messages()) {
            long begin = System.nanoTime();
            long count = 0;
            long bytes = 0;
            while (System.nanoTime() - begin < nanos) {
                long id = file.ping().oldest();
                while (file.read(id, most, messages) > 0) {
                    while (messages.next()) bytes += messages.length();
                    count += messages.count();
                    id = messages.nextId();
                }
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            return String.format(
                    Locale.ROOT,
                    "%.0f messages/s, %.1f MB/s",
                    count / seconds,
                    bytes / seconds / 1e6);
        }
    }
}
