package rotera.kafka.topics;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which topics show the times of their producers instead of those of the pushes: in a small file of
 * the data directory, a line with the queue's unique id for each. The file is replaced as a whole.
 * Thread-safe.
 */
public final class TopicSettings {
    private static final String FILE = "kafka-topics.conf";
    private static final String PRODUCER_TIMES = "CreateTime";

    /** At most, whatever the umask. */
    private static final Set<PosixFilePermission> PERMISSIONS =
            PosixFilePermissions.fromString("rw-r-----");

    private static final int MOST_LINES = 10_000;
    private static final int MOST_SHOWN = 80;

    private final Path file;
    private final Consumer<String> told;
    private final Set<UUID> producerTimes = ConcurrentHashMap.newKeySet();

    /** Lines that are not understood: they stay as they are. */
    private final List<String> others = new ArrayList<>();

    /** Why the file is left alone; null if it can be written. */
    private @Nullable String unusable;

    /**
     * Reads the file, if it is there. What is wrong with it is told, and the rest counts.
     *
     * @param told in words, with the remedy
     */
    public TopicSettings(Path directory, Consumer<String> told) {
        this.told = told;
        file = directory.resolve(FILE);
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) return;
        try {
            if (Files.size(file) > 100L * MOST_LINES)
                throw new IOException("it is larger than any file of settings");
            for (String line :
                    Files.readString(file, StandardCharsets.ISO_8859_1).split("\n", -1)) {
                if (!line.isBlank()) add(line, told);
            }
        } catch (IOException e) {
            unusable = "cannot read " + file + ": " + e;
            told.accept(
                    unusable
                            + "; topics show the times of pushes, and no setting can be changed: mend or remove it, then start again");
        }
    }

    private void add(String line, Consumer<String> told) {
        String[] words = line.strip().split(" +", -1);
        try {
            if (words.length != 2 || !words[1].equals(PRODUCER_TIMES))
                throw new IllegalArgumentException("not '<id> " + PRODUCER_TIMES + "'");
            producerTimes.add(UUID.fromString(words[0]));
        } catch (IllegalArgumentException e) {
            others.add(line);
            told.accept(
                    "%s: the line '%s' does not count: %s; correct or remove it, the other lines count"
                            .formatted(file, shortened(line), e.getMessage()));
        }
    }

    private static String shortened(String line) {
        return line.length() <= MOST_SHOWN ? line : line.substring(0, MOST_SHOWN) + "...";
    }

    public boolean producerTimes(Topic topic) {
        return producerTimes.contains(topic.file().uniqueId());
    }

    /** Durable when it returns. */
    public synchronized void setProducerTimes(Topic topic, boolean wanted) throws IOException {
        set(topic.file().uniqueId(), wanted);
    }

    private void set(UUID id, boolean wanted) throws IOException {
        if (wanted == producerTimes.contains(id)) return;
        if (unusable != null) throw new IOException(unusable);
        if (wanted && producerTimes.size() == MOST_LINES)
            throw new IOException(file + " has " + MOST_LINES + " lines already");
        Set<UUID> next = new TreeSet<>(producerTimes);
        if (wanted) next.add(id);
        else next.remove(id);
        write(next);
        if (wanted) producerTimes.add(id);
        else producerTimes.remove(id);
    }

    /** The queue was deleted. */
    public synchronized void forget(UUID id) {
        try {
            set(id, false);
        } catch (IOException e) {
            told.accept("the setting of a deleted topic stays in " + file + ": " + e.getMessage());
        }
    }

    private void write(Set<UUID> ids) throws IOException {
        String text =
                Stream.concat(ids.stream().map(id -> id + " " + PRODUCER_TIMES), others.stream())
                        .map(line -> line + "\n")
                        .collect(Collectors.joining());
        Path aside = file.resolveSibling(FILE + ".new");
        Files.deleteIfExists(aside); // a leftover, or a link to somewhere else
        try (FileChannel channel =
                FileChannel.open(
                        aside,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PERMISSIONS))) {
            ByteBuffer bytes = StandardCharsets.ISO_8859_1.encode(text);
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
