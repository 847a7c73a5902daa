package rotera.benchmark.micro;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A file of written zeros in the current directory, below {@code target}, so that each way of
 * writing is measured on the disk that the project lies on.
 */
@State(Scope.Thread)
@SuppressWarnings({"NullAway.Init", "MustBeClosedChecker"}) // set by open, closed by close
public class SmallFile {
    private static final int FILE_BYTES = 256 << 20;
    private static final int CHUNK_BYTES = 1 << 20;

    /** One message with its record header, and a thousand. */
    @Param({"168", "104064"})
    int bytes;

    FileChannel channel;
    MemorySegment map;
    ByteBuffer source;
    MemorySegment sourceBytes;
    private Path path;
    private Arena arena;
    private long position;

    @Setup(Level.Trial)
    public void open() throws IOException {
        path = Files.createTempFile(Path.of("."), "micro-", ".dat");
        channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
        for (long at = 0; at < FILE_BYTES; at += CHUNK_BYTES) write(zeros.clear(), at);
        channel.force(true);
        arena = Arena.ofShared();
        map = channel.map(FileChannel.MapMode.READ_WRITE, 0, FILE_BYTES, arena);
        sourceBytes = arena.allocate(bytes, 8);
        byte[] random = new byte[bytes];
        new Random(1).nextBytes(random);
        sourceBytes.copyFrom(MemorySegment.ofArray(random));
        source = sourceBytes.asByteBuffer();
    }

    @TearDown(Level.Trial)
    public void close() {
        arena.close();
        try {
            channel.close();
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the next record goes: behind the last one, round and round. */
    long next() {
        long at = position;
        position += bytes;
        if (position + bytes > FILE_BYTES / 2) position = 0;
        return at;
    }

    /** A place far from those of the records, as those of a table or a header are. */
    static long farFrom(long position, int place) {
        return FILE_BYTES / 2 + place * (long) (FILE_BYTES / 8) + position / 64 / 8 * 8;
    }

    void write(ByteBuffer from, long at) throws IOException {
        for (long to = at; from.hasRemaining(); ) to += channel.write(from, to);
    }
}
