package rotera.bench;

import org.HdrHistogram.Histogram;

/**
 * Times in nanoseconds.
 *
 * @param count how many were measured
 */
public record Latency(long count, long p50, long p90, long p99, long p999, long max) {
    private static final long LONGEST_NANOS = 3_600_000_000_000L;

    static Histogram histogram() {
        return new Histogram(LONGEST_NANOS, 3);
    }

    static void add(Histogram histogram, long nanos) {
        histogram.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
    }

    static Latency of(Histogram histogram) {
        return new Latency(
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue());
    }
}
