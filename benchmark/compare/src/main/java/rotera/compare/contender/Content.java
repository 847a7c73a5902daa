package rotera.compare.contender;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * The messages of one producer: eight bytes of number (the producer's in the upper 24 bits, then a
 * running one), and bytes that look random.
 */
public final class Content {
    public static final int MOST_PRODUCERS = 256;
    static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int SEQUENCE_BITS = 40;

    private final byte[] message;
    private final int producer;
    private long sequence;

    public Content(int producer, int sizeBytes) {
        this.producer = producer;
        message = new byte[sizeBytes];
        new Random(sizeBytes).nextBytes(message);
    }

    /** The next message, in the array of the one before. */
    public byte[] next() {
        LONG.set(message, 0, (long) producer << SEQUENCE_BITS | sequence++);
        return message;
    }

    /** How many there were. */
    public long count() {
        return sequence;
    }

    public int producer() {
        return producer;
    }

    /** Over everything that {@link #next} gave so far. */
    public long checksum() {
        Content again = new Content(producer, message.length);
        CRC32C checksum = new CRC32C();
        while (again.sequence < sequence) checksum.update(again.next());
        return checksum.getValue();
    }

    static long number(byte[] message) {
        return (long) LONG.get(message, 0);
    }

    static int producer(long number) {
        return (int) (number >>> SEQUENCE_BITS);
    }

    static long sequence(long number) {
        return number & (1L << SEQUENCE_BITS) - 1;
    }
}
