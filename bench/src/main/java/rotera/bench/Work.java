package rotera.bench;

/** What is measured. */
public enum Work {
    /** Producers push; what was kept is read back afterwards. */
    PUSH("push"),
    /** The same with one message at a time. */
    COMMIT("commit"),
    /** Everything that is kept is read from the oldest on, again and again. */
    READ("read"),
    /** Messages are pushed by a schedule and followed: from when each was due until it is seen. */
    END_TO_END("end-to-end"),
    /** Producers push, and several consumers follow. */
    TAIL("tail");

    private final String label;

    Work(String label) {
        this.label = label;
    }

    public boolean pushes() {
        return this != READ;
    }

    /** Whether consumers follow what is pushed. */
    public boolean isFollowed() {
        return this == END_TO_END || this == TAIL;
    }

    public String label() {
        return label;
    }
}
