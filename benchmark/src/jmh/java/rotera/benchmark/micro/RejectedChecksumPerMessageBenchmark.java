package rotera.benchmark.micro;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/**
 * Rejected: a checksum for each message. Setting one up takes longer than 100 bytes do. A damaged
 * bit then costs one message instead of one push: {@link ChecksumBenchmark} shows the price.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RejectedChecksumPerMessageBenchmark {

    @Benchmark
    @OperationsPerInvocation(Body.MESSAGES)
    public long onePerMessage(Body body) {
        long all = 0;
        for (int i = 0; i < Body.MESSAGES; i++) {
            body.crc.reset();
            body.source.checksum(body.crc, (long) i * Body.MESSAGE_BYTES, Body.MESSAGE_BYTES);
            all ^= body.crc.getValue();
        }
        return all;
    }
}
