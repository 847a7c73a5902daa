package rotera.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import rotera.queue.disk.Clock;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Superblock;

/** What the races over a whole queue share: a new one in each state, of 96 KiB in memory. */
abstract class SmallQueue {
    static final Path PATH = Path.of("race.rot");

    /** What a message of one byte takes of the ring. */
    static final long SPACE = RecordHeader.space(4 + 1);

    private static final byte[] EMPTY = empty();

    /** The content of a file that holds the message "a". */
    static final byte[] ONE_MESSAGE = oneMessage();

    private static final ThreadLocal<Messages> MESSAGES =
            ThreadLocal.withInitial(() -> new Messages(4096));

    final ArrayDisk disk;
    final RotFile file;

    SmallQueue() {
        this(ArrayDisk.of(EMPTY));
    }

    SmallQueue(ArrayDisk disk) {
        this.disk = disk;
        this.file = open(disk);
    }

    static RotFile open(ArrayDisk disk) {
        try {
            return RotFile.open(disk, PATH, Clock.SYSTEM);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] empty() {
        byte[] content = new byte[(int) Superblock.MIN_FILE_BYTES];
        ArrayDisk disk = ArrayDisk.of(content);
        try {
            RotFile.format(disk, CreateOptions.ofSize(content.length), Clock.SYSTEM);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return disk.map().toArray(JAVA_BYTE);
    }

    private static byte[] oneMessage() {
        ArrayDisk disk = ArrayDisk.of(EMPTY);
        try (RotFile file = open(disk);
                Batch batch = batch('a')) {
            file.push(batch);
        }
        return disk.map().toArray(JAVA_BYTE);
    }

    /**
     * A batch with one message of one byte. Each actor has its own; a state's constructor cannot
     * share one, because states are made by several threads.
     */
    static Batch batch(char message) {
        return new Batch().add(String.valueOf(message));
    }

    /** What can be read from an id on. */
    String read(long id) {
        return read(file, id);
    }

    static String read(RotFile file, long id) {
        Messages messages = MESSAGES.get();
        StringBuilder text = new StringBuilder();
        file.read(id, 100, messages);
        while (messages.next())
            text.append((char) messages.data().get(JAVA_BYTE, messages.offset()));
        return text.toString();
    }

    /**
     * Whether a finished sync covered the message with this id, the messages before it included.
     */
    boolean durable(long id) {
        return disk.durableTo() >= file.info().ringOffset() + (id + 1) * SPACE;
    }
}
