package rotera.benchmark;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import rotera.client.ConnectOptions;
import rotera.client.RemoteQueue;
import rotera.client.Rotera;
import rotera.queue.Batch;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.Start;

/**
 * What the Java client reaches with a running server, beside {@code load} of the same names:
 *
 * <pre>
 *   Remote push   PORT QUEUE MESSAGES BATCH SIZE    batches, a commit every 64 of them, nothing waited for
 *   Remote stream PORT QUEUE MESSAGES               stream from the oldest message on
 *   Remote commit PORT QUEUE SECONDS SIZE           push one message and commit it, again and again
 * </pre>
 *
 * One line of figures on standard output.
 */
public final class Remote {
    private static final int BATCHES_PER_COMMIT = 64;

    private Remote() {}

    @SuppressWarnings("SystemOut")
    public static void main(String... args) throws InterruptedException {
        ConnectOptions options = ConnectOptions.of(args[2]).withPort(Integer.parseInt(args[1]));
        try (RemoteQueue queue = Rotera.connect(options)) {
            String figures =
                    switch (args[0]) {
                        case "push" -> {
                            int batch = Integer.parseInt(args[4]);
                            int size = Integer.parseInt(args[5]);
                            String _ = push(queue, 10_000_000, batch, size);
                            yield push(queue, Long.parseLong(args[3]), batch, size);
                        }
                        case "stream" -> {
                            String _ = stream(queue, Math.min(1_000_000, kept(queue)));
                            yield stream(queue, Long.parseLong(args[3]));
                        }
                        case "commit" -> {
                            int size = Integer.parseInt(args[4]);
                            String _ = commit(queue, 15, size);
                            yield commit(queue, Double.parseDouble(args[3]), size);
                        }
                        default -> throw new IllegalArgumentException("unknown work " + args[0]);
                    };
            System.out.println(figures);
        }
    }

    private static long kept(RemoteQueue queue) {
        return queue.ping().next() - queue.ping().oldest();
    }

    private static String push(RemoteQueue queue, long messages, int count, int size) {
        byte[] message = new byte[size];
        Arrays.fill(message, (byte) 'x');
        try (Batch batch = new Batch()) {
            long begin = System.nanoTime();
            CompletableFuture<Long> last = CompletableFuture.completedFuture(0L);
            for (long pushed = 0, batches = 1; pushed < messages; pushed += count, batches++) {
                batch.clear();
                for (int i = 0; i < count; i++) batch.add(message);
                last = queue.pushAsync(batch);
                if (batches % BATCHES_PER_COMMIT == 0) {
                    CompletableFuture<Long> _ = queue.commitAsync();
                }
            }
            queue.commit();
            long _ = last.join();
            return rate(messages, System.nanoTime() - begin);
        }
    }

    private static String stream(RemoteQueue queue, long total) throws InterruptedException {
        try (MessageStream stream = queue.stream(Start.oldest(), total)) {
            long begin = System.nanoTime();
            long count = 0;
            long bytes = 0;
            while (!stream.isEnded()) {
                Messages messages = stream.take();
                while (messages.next()) bytes += messages.length();
                count += messages.count();
            }
            long nanos = System.nanoTime() - begin;
            return rate(count, nanos)
                    + String.format(Locale.ROOT, ", %.1f MB/s", bytes * 1e3 / nanos);
        }
    }

    private static String commit(RemoteQueue queue, double seconds, int size) {
        double[] micros = new double[1 << 20];
        int commits = 0;
        try (Batch batch = new Batch().add(new byte[size])) {
            long begin = System.nanoTime();
            for (long now = begin; now - begin < seconds * 1e9; ) {
                CompletableFuture<Long> _ = queue.pushAsync(batch);
                queue.commit();
                long after = System.nanoTime();
                micros[commits++ & (micros.length - 1)] = (after - now) / 1e3;
                now = after;
            }
            long nanos = System.nanoTime() - begin;
            int kept = Math.min(commits, micros.length);
            Arrays.sort(micros, 0, kept);
            return rate(commits, nanos)
                    + String.format(
                            Locale.ROOT,
                            ", p50 %.0f us, p99 %.0f us",
                            micros[kept / 2],
                            micros[kept * 99 / 100]);
        }
    }

    private static String rate(long messages, long nanos) {
        return String.format(Locale.ROOT, "%.0f messages/s", messages * 1e9 / nanos);
    }
}
