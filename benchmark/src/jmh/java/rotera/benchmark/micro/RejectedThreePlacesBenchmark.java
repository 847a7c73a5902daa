package rotera.benchmark.micro;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/**
 * Rejected: data, a table entry and a header in three places of the file, with one sync. The device
 * writes three pages instead of one. So the commit touches the ring only, and the index is written
 * once in an interval.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class RejectedThreePlacesBenchmark {
    private static final int ENTRY_BYTES = 16;
    private static final int HEADER_BYTES = 64;

    @Benchmark
    public void dataEntryHeaderSync(SmallFile file) throws IOException {
        long at = file.next();
        file.write(file.source.clear(), at);
        file.write(file.source.clear().limit(ENTRY_BYTES), SmallFile.farFrom(at, 1));
        file.write(file.source.clear().limit(HEADER_BYTES), SmallFile.farFrom(0, 2));
        file.channel.force(false);
    }
}
