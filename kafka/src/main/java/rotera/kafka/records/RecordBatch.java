package rotera.kafka.records;

/**
 * Layout of a batch of records, format 2: this head, then the records. All numbers are big-endian.
 * The checksum covers everything from the attributes on; the base offset and the leader's epoch lie
 * outside of it. The time of appending, where the topic keeps that, lies inside.
 */
public final class RecordBatch {
    public static final int AT_LENGTH = 8;
    static final int AT_LEADER_EPOCH = 12;
    static final int AT_FORMAT = 16;
    public static final int AT_CHECKSUM = 17;
    public static final int AT_ATTRIBUTES = 21;
    static final int AT_LAST_OFFSET_DELTA = 23;
    static final int AT_BASE_TIME = 27;
    public static final int AT_LARGEST_TIME = 35;
    static final int AT_PRODUCER = 43;
    static final int AT_EPOCH = 51;
    static final int AT_SEQUENCE = 53;
    public static final int AT_COUNT = 57;
    public static final int HEAD_BYTES = 61;

    /** What the length does not count: base offset and the length itself. */
    public static final int LENGTH_FROM = 12;

    public static final int FORMAT = 2;

    /** There are no epochs of leaders here. */
    public static final int NO_LEADER_EPOCH = -1;

    // Attributes.
    public static final int CODEC_MASK = 7;
    public static final int APPEND_TIME = 8;
    public static final int TRANSACTIONAL = 16;
    public static final int CONTROL = 32;

    /** The fewest bytes of a record. */
    static final int LEAST_RECORD_BYTES = 7;

    private RecordBatch() {}
}
