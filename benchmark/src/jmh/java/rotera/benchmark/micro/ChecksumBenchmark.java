package rotera.benchmark.micro;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** What a checksum costs a message: one over the push. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChecksumBenchmark {

    @Benchmark
    @OperationsPerInvocation(Body.MESSAGES)
    public long onePerPush(Body body) {
        body.crc.reset();
        body.source.checksum(body.crc, 0, (long) Body.MESSAGES * Body.MESSAGE_BYTES);
        return body.crc.getValue();
    }
}
