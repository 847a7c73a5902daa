package rotera.benchmark.micro;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** How a commit writes: one {@code pwrite} of one stretch, one {@code fdatasync}. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class WriteBenchmark {

    @Benchmark
    public void oneWriteOneSync(SmallFile file) throws IOException {
        file.write(file.source.clear(), file.next());
        file.channel.force(false);
    }
}
