package rotera.bench;

import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Looks at a process now and then. */
final class ProcessWatch {
    private final OptionalLong process;
    private long beginNanos;
    private @Nullable ProcessFigures begin;
    private @Nullable ProcessFigures last;
    private long lastNanos;
    private long ownBytes;
    private long mappedFileBytes;

    ProcessWatch(OptionalLong process) {
        this.process = process;
        begin();
    }

    /** Forgets what was before. */
    void begin() {
        ownBytes = 0;
        mappedFileBytes = 0;
        begin = look();
        beginNanos = System.nanoTime();
        last = begin;
        lastNanos = beginNanos;
    }

    /** What it used since this was called last. */
    Optional<ProcessUse> step() {
        ProcessFigures before = last;
        long beforeNanos = lastNanos;
        last = look();
        lastNanos = System.nanoTime();
        return use(before, last, last, lastNanos - beforeNanos);
    }

    /** What it used since the beginning. */
    Optional<ProcessUse> all() {
        ProcessFigures end = look();
        ProcessFigures most =
                end == null
                        ? null
                        : new ProcessFigures(end.processorNanos(), ownBytes, mappedFileBytes);
        return use(begin, end, most, System.nanoTime() - beginNanos);
    }

    private static Optional<ProcessUse> use(
            @Nullable ProcessFigures from,
            @Nullable ProcessFigures to,
            @Nullable ProcessFigures most,
            long nanos) {
        return from == null || to == null || most == null
                ? Optional.empty()
                : Optional.of(ProcessUse.between(from, to, most, nanos));
    }

    private @Nullable ProcessFigures look() {
        if (process.isEmpty()) return null;
        ProcessFigures now = ProcessFigures.of(process.getAsLong()).orElse(null);
        if (now != null) {
            ownBytes = Math.max(ownBytes, now.ownBytes());
            mappedFileBytes = Math.max(mappedFileBytes, now.mappedFileBytes());
        }
        return now;
    }
}
