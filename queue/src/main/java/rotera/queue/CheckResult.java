package rotera.queue;

import java.util.Objects;

/** What a check found. */
public final class CheckResult {
    private final long messages;
    private final long lost;
    private final long unfinished;
    private final long bytes;
    private final long problems;

    private CheckResult(long messages, long lost, long unfinished, long bytes, long problems) {
        this.messages = messages;
        this.lost = lost;
        this.unfinished = unfinished;
        this.bytes = bytes;
        this.problems = problems;
    }

    /** What a check of the engine found. */
    public static CheckResult of(
            long messages, long lost, long unfinished, long bytes, long problems) {
        return new CheckResult(messages, lost, unfinished, bytes, problems);
    }

    /** Intact messages. */
    public long messages() {
        return messages;
    }

    /** Damaged messages, which no read returns. */
    public long lost() {
        return lost;
    }

    /**
     * Intact messages behind the end of the queue, behind a bad record: of a commit that was not
     * finished, or whose beginning is damaged; not counted in the others.
     */
    public long unfinished() {
        return unfinished;
    }

    /** Bytes of the ring that hold readable records. */
    public long bytes() {
        return bytes;
    }

    /** How many places are damaged; each was described as it was found. */
    public long problems() {
        return problems;
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof CheckResult other
                && messages == other.messages
                && lost == other.lost
                && unfinished == other.unfinished
                && bytes == other.bytes
                && problems == other.problems;
    }

    @Override
    public int hashCode() {
        return Objects.hash(messages, lost, unfinished, bytes, problems);
    }

    @Override
    public String toString() {
        return "CheckResult[messages="
                + messages
                + ", lost="
                + lost
                + ", unfinished="
                + unfinished
                + ", bytes="
                + bytes
                + ", problems="
                + problems
                + "]";
    }
}
