import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import rotera.client.Rotera;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.Start;

/**
 * Reads a queue of a server and, started again, goes on where it was: {@code ResumingConsumer
 * HOST:PORT QUEUE FILE COUNT}. The file remembers the next id.
 */
public final class ResumingConsumer {
    public static void main(String... args) throws IOException, InterruptedException {
        Path place = Path.of(args[2]);
        Start start =
                Files.exists(place)
                        ? Start.id(Long.parseLong(Files.readString(place).strip()))
                        : Start.oldest();
        try (Queue queue = Rotera.connect(args[0], args[1]);
                MessageStream stream = queue.stream(start, Long.parseLong(args[3]))) {
            while (!stream.isEnded()) {
                Messages messages = stream.take();
                if (messages.skipped() > 0)
                    System.out.println(messages.skipped() + " messages were overwritten unread");
                while (messages.next()) {
                    System.out.println(messages.id() + ": " + messages.text());
                }
                remember(place, messages.nextId()); // behind the work: each message at least once
            }
        }
    }

    private static void remember(Path place, long id) throws IOException {
        Path aside = place.resolveSibling(place.getFileName() + ".new");
        Files.writeString(aside, id + "\n");
        Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
    }
}
