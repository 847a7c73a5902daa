package rotera.benchmark.micro;

import static rotera.queue.buffer.LittleEndian.U32;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import rotera.queue.format.RecordHeader;

/** How a push is laid out: one header, all lengths, all payloads, one checksum. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LayoutBenchmark {

    @Benchmark
    @OperationsPerInvocation(Body.MESSAGES)
    public MemorySegment oneRecord(Body body) {
        MemorySegment target = body.target.segment();
        long at = RecordHeader.BYTES;
        for (int i = 0; i < Body.MESSAGES; i++) target.set(U32, at + 4L * i, Body.MESSAGE_BYTES);
        MemorySegment.copy(
                body.source.segment(),
                0,
                target,
                at + 4L * Body.MESSAGES,
                (long) Body.MESSAGES * Body.MESSAGE_BYTES);
        body.crc.reset();
        body.target.checksum(body.crc, at, Body.MESSAGES * (4L + Body.MESSAGE_BYTES));
        body.describe((int) body.crc.getValue());
        MemorySegment header = body.header.encode(body.superblock.salt());
        MemorySegment.copy(header, 0, target, 0, RecordHeader.BYTES);
        return target;
    }
}
