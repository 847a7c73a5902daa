package rotera.benchmark.micro;

import static rotera.queue.buffer.LittleEndian.U32;
import static rotera.queue.buffer.LittleEndian.U64;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/**
 * Rejected: each message copied by itself, with an entry of 16 bytes (position, length, checksum)
 * in a table, as the original has a table entry for each. It takes four times the space of a
 * length, a place of its own in the file, and a checksum for each; see {@link LayoutBenchmark}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RejectedEntryPerMessageBenchmark {
    private static final int ENTRY_BYTES = 16;

    @Benchmark
    @OperationsPerInvocation(Body.MESSAGES)
    public MemorySegment entryPerMessage(Body body) {
        MemorySegment target = body.target.segment();
        long payloadFrom = (long) Body.MESSAGES * ENTRY_BYTES;
        for (int i = 0; i < Body.MESSAGES; i++) {
            long from = (long) i * Body.MESSAGE_BYTES;
            long to = payloadFrom + from;
            MemorySegment.copy(body.source.segment(), from, target, to, Body.MESSAGE_BYTES);
            body.crc.reset();
            body.target.checksum(body.crc, to, Body.MESSAGE_BYTES);
            long entry = (long) i * ENTRY_BYTES;
            target.set(U64, entry, to);
            target.set(U32, entry + 8, Body.MESSAGE_BYTES);
            target.set(U32, entry + 12, (int) body.crc.getValue());
        }
        return target;
    }
}
