package rotera.kafka.wire;

import rotera.queue.QueueException;

/**
 * Kafka's error codes, as far as they are given here. DUPLICATE_SEQUENCE_NUMBER (46) is not:
 * producers report success for it.
 */
public enum Errors {
    UNKNOWN_SERVER_ERROR(-1),
    NONE(0),
    OFFSET_OUT_OF_RANGE(1),
    CORRUPT_MESSAGE(2),
    UNKNOWN_TOPIC_OR_PARTITION(3),
    REQUEST_TIMED_OUT(7),
    MESSAGE_TOO_LARGE(10),
    OFFSET_METADATA_TOO_LARGE(12),
    COORDINATOR_LOAD_IN_PROGRESS(14),
    COORDINATOR_NOT_AVAILABLE(15),
    NOT_COORDINATOR(16),
    INVALID_TOPIC_EXCEPTION(17),
    RECORD_LIST_TOO_LARGE(18),
    INVALID_REQUIRED_ACKS(21),
    ILLEGAL_GENERATION(22),
    INCONSISTENT_GROUP_PROTOCOL(23),
    INVALID_GROUP_ID(24),
    UNKNOWN_MEMBER_ID(25),
    INVALID_SESSION_TIMEOUT(26),
    REBALANCE_IN_PROGRESS(27),
    INVALID_COMMIT_OFFSET_SIZE(28),
    ILLEGAL_SASL_STATE(34),
    UNSUPPORTED_VERSION(35),
    TOPIC_ALREADY_EXISTS(36),
    INVALID_PARTITIONS(37),
    INVALID_REPLICATION_FACTOR(38),
    INVALID_REPLICA_ASSIGNMENT(39),
    INVALID_CONFIG(40),
    INVALID_REQUEST(42),
    UNSUPPORTED_FOR_MESSAGE_FORMAT(43),
    POLICY_VIOLATION(44),
    OUT_OF_ORDER_SEQUENCE_NUMBER(45),
    INVALID_PRODUCER_EPOCH(47),
    SECURITY_DISABLED(54),
    KAFKA_STORAGE_ERROR(56),
    UNKNOWN_PRODUCER_ID(59),
    NON_EMPTY_GROUP(68),
    GROUP_ID_NOT_FOUND(69),
    FETCH_SESSION_ID_NOT_FOUND(70),
    UNSUPPORTED_COMPRESSION_TYPE(76),
    MEMBER_ID_REQUIRED(79),
    GROUP_MAX_SIZE_REACHED(81),
    FENCED_INSTANCE_ID(82),
    GROUP_SUBSCRIBED_TO_TOPIC(86),
    INVALID_RECORD(87);

    public final short code;

    Errors(int code) {
        this.code = (short) code;
    }

    /**
     * What clients are told. MESSAGE_TOO_LARGE for a batch, too: it makes a producer split it.
     * Never DUPLICATE_SEQUENCE_NUMBER, which clients take for success: that a batch lies before
     * what its producer pushed last does not say that it is kept.
     */
    public static Errors of(QueueException e) {
        return switch (e) {
            case QueueException.MessageTooLargeException large -> MESSAGE_TOO_LARGE;
            case QueueException.BatchTooLargeException large -> MESSAGE_TOO_LARGE;
            case QueueException.OutOfOrderException other -> OUT_OF_ORDER_SEQUENCE_NUMBER;
            case QueueException.UnknownProducerException unknown -> UNKNOWN_PRODUCER_ID;
            case QueueException.ProducerFencedException fenced -> INVALID_PRODUCER_EPOCH;
            case QueueException.QueueFailedException failed -> KAFKA_STORAGE_ERROR;
            case QueueException.FileGoneException gone -> KAFKA_STORAGE_ERROR;
            case QueueException.StorageException io -> KAFKA_STORAGE_ERROR;
            case QueueException.CorruptMessageException corrupt -> CORRUPT_MESSAGE;
            case QueueException.QueueClosedException closed -> UNKNOWN_TOPIC_OR_PARTITION;
            case QueueException.NotWritableException readOnly -> POLICY_VIOLATION;
            default -> UNKNOWN_SERVER_ERROR;
        };
    }
}
