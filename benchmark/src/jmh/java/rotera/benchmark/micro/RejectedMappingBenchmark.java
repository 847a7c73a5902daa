package rotera.benchmark.micro;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/**
 * Rejected: stores through the mapping, then {@code msync}. After each sync the pages are clean,
 * and the next store into each of them faults; {@link WriteBenchmark} shows what it costs.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class RejectedMappingBenchmark {

    @Benchmark
    public void storeAndSync(SmallFile file) {
        long at = file.next();
        MemorySegment.copy(file.sourceBytes, 0, file.map, at, file.bytes);
        file.map.asSlice(at, file.bytes).force();
    }
}
