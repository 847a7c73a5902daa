package rotera.benchmark.micro;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/**
 * Rejected: the data and a sync, then a header that names its end and another sync, as the original
 * does. The device is waited for twice. Instead, recovery finds the end by the records' own
 * checksums, and a header rides on a later commit's sync.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class RejectedTwoSyncsBenchmark {
    private static final int HEADER_BYTES = 64;

    @Benchmark
    public void dataSyncHeaderSync(SmallFile file) throws IOException {
        long at = file.next();
        file.write(file.source.clear(), at);
        file.channel.force(false);
        file.write(file.source.clear().limit(HEADER_BYTES), SmallFile.farFrom(0, 1));
        file.channel.force(false);
    }
}
