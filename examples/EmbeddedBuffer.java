import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Instant;
import rotera.queue.Message;
import rotera.queue.Queue;
import rotera.queue.RotFile;
import rotera.queue.Start;

/**
 * A queue in a file of this process, without a server: {@code EmbeddedBuffer FILE}. Every run adds
 * a line and prints the last ten; the file never grows beyond 1 MiB.
 */
public final class EmbeddedBuffer {
    public static void main(String... args) {
        try (Queue queue = RotFile.openOrCreate(Path.of(args[0]), 1 << 20)) {
            long id = queue.append(("started at " + Instant.now()).getBytes(UTF_8));
            for (Message message : queue.messages(Start.id(Math.max(0, id - 9))))
                System.out.println(message.id() + ": " + message.text());
        }
    }
}
