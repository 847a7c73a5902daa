package rotera.queue;

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
}
