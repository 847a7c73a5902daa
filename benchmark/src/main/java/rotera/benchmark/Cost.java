package rotera.benchmark;

import java.io.IOException;
import rotera.bench.ProcessFigures;

/**
 * What a work took.
 *
 * @param units messages, or bytes
 * @param nanos from beginning to end
 * @param processorNanos time on processors of the process that was looked at
 */
record Cost(long units, long nanos, long processorNanos) {

    /** A piece of work that is done again and again. Returns how many messages or bytes it did. */
    interface Piece {
        long run() throws IOException, InterruptedException;
    }

    /** Does pieces of a work until the time is over. */
    static Cost of(Piece piece, long process, long nanos) throws IOException, InterruptedException {
        long processorBefore = processorNanos(process);
        long begin = System.nanoTime();
        long units = 0;
        long now = begin;
        while (now - begin < nanos) {
            units += piece.run();
            now = System.nanoTime();
        }
        return new Cost(units, now - begin, processorNanos(process) - processorBefore);
    }

    private static long processorNanos(long process) throws IOException {
        return ProcessFigures.of(process)
                .orElseThrow(() -> new IOException("process " + process + " has ended"))
                .processorNanos();
    }

    double unitsPerSecond() {
        return units * 1e9 / nanos;
    }

    double processorNanosPerUnit() {
        return (double) processorNanos / units;
    }
}
