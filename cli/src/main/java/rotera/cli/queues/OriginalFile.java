package rotera.cli.queues;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import rotera.cli.text.CommandException;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;

/**
 * A queue file of the original of 2019: a page of numbers, the messages of the ring one behind the
 * other, and a table of where each begins. It has no checksums: what can be compared is whether its
 * numbers agree.
 *
 * <pre>
 *   0       8        16               24           32           40
 *   | magic | oldest | next committed | data bytes | table size | - |     page of 4096 bytes
 *   4096                 4096 + data bytes
 *   | messages, going round | table size x u64: where message id mod table size begins |
 * </pre>
 */
public final class OriginalFile implements AutoCloseable {
    private static final long MAGIC = 0xcb242feb29866985L;
    private static final long PAGE = 4096;
    private static final ValueLayout.OfLong U64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment bytes;
    private final long oldest;
    private final long next;
    private final long dataBytes;
    private final long tableSize;

    @SuppressWarnings("MustBeClosedChecker") // closed by close, and here on an error
    public OriginalFile(Path path) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() < PAGE) throw foreign(path, "it has less than 4096 bytes");
            bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            if (bytes.get(U64, 0) != MAGIC)
                throw foreign(path, "its first bytes are not those of one");
            oldest = bytes.get(U64, 8);
            next = bytes.get(U64, 16);
            dataBytes = bytes.get(U64, 24);
            tableSize = bytes.get(U64, 32);
            long size = channel.size();
            if (dataBytes <= 0
                    || tableSize <= 0
                    || dataBytes > size
                    || tableSize > size / 8
                    || PAGE + dataBytes + 8 * tableSize > size)
                throw foreign(
                        path,
                        "%d bytes of data and %d of table do not fit its %d bytes"
                                .formatted(dataBytes, 8 * tableSize, size));
            if (oldest < 0
                    || next < oldest
                    || next > CreateOptions.MAX_FIRST_ID
                    || next - oldest >= tableSize)
                throw foreign(
                        path,
                        "messages %d to %d do not fit its table of %d"
                                .formatted(oldest, next - 1, tableSize));
            for (long id = oldest; id <= next; id++) {
                if (start(id) < 0 || start(id) >= dataBytes)
                    throw foreign(path, "message " + id + " begins outside of its data");
            }
        } catch (IOException e) {
            arena.close();
            throw new CommandException("cannot read " + path + ": " + e.getMessage(), e);
        } catch (CommandException e) {
            arena.close();
            throw e;
        }
    }

    private static CommandException foreign(Path path, String why) {
        return new CommandException(path + " is not a queue file of the original: " + why);
    }

    public long oldest() {
        return oldest;
    }

    /** Behind the last committed message. */
    public long next() {
        return next;
    }

    public long dataBytes() {
        return dataBytes;
    }

    private long start(long id) {
        return bytes.get(U64, PAGE + dataBytes + 8 * (id % tableSize));
    }

    public long length(long id) {
        return Math.floorMod(start(id + 1) - start(id), dataBytes);
    }

    public void add(long id, Batch batch) {
        long start = start(id);
        int length = (int) length(id);
        if (start + length <= dataBytes) {
            batch.add(bytes, PAGE + start, length);
            return;
        }
        byte[] whole = new byte[length];
        int first = (int) (dataBytes - start);
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, PAGE + start, whole, 0, first);
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, PAGE, whole, first, length - first);
        batch.add(whole);
    }

    @Override
    public void close() {
        arena.close();
    }
}
