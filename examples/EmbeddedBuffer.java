import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import rotera.client.Rotera;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.RotFile;

/**
 * A queue in a file of this process, without a server: {@code EmbeddedBuffer FILE}. Every run adds
 * a line and prints the last ten; the file never grows beyond 1 MiB.
 */
public final class EmbeddedBuffer {
    public static void main(String... args) {
        Path file = Path.of(args[0]);
        if (!Files.exists(file)) RotFile.create(file, CreateOptions.ofSize(1 << 20));
        try (Queue queue = Rotera.open(file);
                Batch batch = new Batch();
                Messages messages = new Messages()) {
            queue.push(batch.add("started at " + java.time.Instant.now()));
            long next = queue.commit(); // on the disk now: a crash does not lose it
            long from = Math.max(queue.ping().oldest(), next - 10);
            queue.read(from, 10, messages);
            while (messages.next()) {
                String line = new String(messages.toByteArray(), StandardCharsets.UTF_8);
                System.out.println(messages.id() + ": " + line);
            }
        }
    }
}
