package rotera.benchmark.micro;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import rotera.queue.buffer.GrowableBuffer;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Superblock;

/** A thousand messages of 100 bytes, and memory to put them into. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // set by allocate
public class Body {
    static final int MESSAGES = 1000;
    static final int MESSAGE_BYTES = 100;

    final byte[] message = new byte[MESSAGE_BYTES];
    final CRC32C crc = new CRC32C();
    final RecordHeader header = new RecordHeader();
    final Superblock superblock = Superblock.create(64 << 20, 0, new UUID(1, 2), 3);
    GrowableBuffer source;
    GrowableBuffer target;

    @Setup(Level.Trial)
    public void allocate() {
        new Random(1).nextBytes(message);
        source = new GrowableBuffer(MESSAGES * MESSAGE_BYTES);
        target = new GrowableBuffer(RecordHeader.BYTES + MESSAGES * (MESSAGE_BYTES + 32L));
        for (int i = 0; i < MESSAGES; i++)
            MemorySegment.copy(
                    MemorySegment.ofArray(message),
                    0,
                    source.segment(),
                    i * (long) MESSAGE_BYTES,
                    MESSAGE_BYTES);
        describe(0);
    }

    @TearDown(Level.Trial)
    public void free() {
        source.close();
        target.close();
    }

    /** The header of the record that holds them all. */
    void describe(int bodyChecksum) {
        header.kind = RecordHeader.MESSAGES;
        header.position = 4096;
        header.epoch = 1;
        header.count = MESSAGES;
        header.bodyBytes = MESSAGES * (4 + MESSAGE_BYTES);
        header.bodyChecksum = bodyChecksum;
    }
}
