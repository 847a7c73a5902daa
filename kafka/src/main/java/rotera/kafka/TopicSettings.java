package rotera.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Which topics show the times of their producers instead of those of the pushes: in a small file of
 * the data directory, a line with the queue's unique id for each. The file is replaced as a whole.
 * Thread-safe.
 */
final class TopicSettings {
    private static final String FILE = "kafka-topics.conf";
    private static final String PRODUCER_TIMES = "CreateTime";
    private static final int MOST_LINES = 10_000;

    private final Path file;
    private final Set<UUID> producerTimes = ConcurrentHashMap.newKeySet();

    /**
     * Reads the file, if it is there.
     *
     * @throws IOException if it cannot be read, or is something else
     */
    TopicSettings(Path directory) throws IOException {
        file = directory.resolve(FILE);
        if (Files.notExists(file)) return;
        if (Files.size(file) > 100L * MOST_LINES)
            throw new IOException(file + " is larger than any file of settings");
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank()) add(line);
        }
    }

    private void add(String line) throws IOException {
        String[] words = line.strip().split(" +", -1);
        try {
            if (words.length != 2 || !words[1].equals(PRODUCER_TIMES))
                throw new IllegalArgumentException("not '<id> " + PRODUCER_TIMES + "'");
            producerTimes.add(UUID.fromString(words[0]));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": '" + line + "': " + e.getMessage(), e);
        }
    }

    boolean producerTimes(Topic topic) {
        return producerTimes.contains(topic.file().uniqueId());
    }

    /** Durable when it returns. */
    synchronized void setProducerTimes(Topic topic, boolean wanted) throws IOException {
        UUID id = topic.file().uniqueId();
        if (wanted == producerTimes.contains(id)) return;
        if (wanted && producerTimes.size() == MOST_LINES)
            throw new IOException(file + " has " + MOST_LINES + " lines already");
        Set<UUID> next = new TreeSet<>(producerTimes);
        if (wanted) next.add(id);
        else next.remove(id);
        write(next);
        if (wanted) producerTimes.add(id);
        else producerTimes.remove(id);
    }

    private void write(Set<UUID> ids) throws IOException {
        String text =
                ids.stream()
                        .map(id -> id + " " + PRODUCER_TIMES + "\n")
                        .collect(Collectors.joining());
        Path aside = file.resolveSibling(FILE + ".new");
        try (FileChannel channel =
                FileChannel.open(
                        aside,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) channel.write(bytes);
            channel.force(true);
        }
        Files.move(
                aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent())) {
            directory.force(true);
        }
    }
}
