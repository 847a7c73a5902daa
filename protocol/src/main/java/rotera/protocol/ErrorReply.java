package rotera.protocol;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import rotera.queue.QueueException;

/** Errors on the wire: a code, three numbers and a text (docs/protocol.md). */
public final class ErrorReply {
    public static final int UNKNOWN_KIND = 1;
    public static final int MALFORMED = 2;
    public static final int UNKNOWN_QUEUE = 3;
    public static final int MESSAGE_TOO_LARGE = 4;
    public static final int PUSH_TOO_LARGE = 5;
    public static final int CHECKSUM_MISMATCH = 6;
    public static final int CORRUPT = 7;
    public static final int QUEUE_FAILED = 8;
    public static final int SHUTTING_DOWN = 9;
    public static final int OUT_OF_ORDER = 10;
    public static final int NO_COMMON_VERSION = 11;
    public static final int NOT_ALLOWED = 12;
    public static final int INPUT_OUTPUT = 13;
    public static final int FENCED = 14;
    public static final int OTHER = 15;
    public static final int READ_ONLY = 16;
    public static final int FILE_GONE = 17;
    public static final int NAME_TAKEN = 18;

    private static final int AT_A = Frame.HEAD_BYTES;
    private static final int AT_B = AT_A + 8;
    private static final int AT_C = AT_B + 8;
    private static final int AT_TEXT = AT_C + 8;

    /** Longer texts are cut. */
    private static final int MAX_TEXT_BYTES = 2048;

    /** What an error frame has at most. */
    public static final int MAX_BYTES = AT_TEXT + MAX_TEXT_BYTES;

    private ErrorReply() {}

    /** Writes the reply to a request and returns its length, at most {@link #MAX_BYTES}. */
    public static int encode(
            MemorySegment target, long at, int kind, int queue, int tag, Throwable error) {
        String text = error.getMessage() == null ? error.toString() : error.getMessage();
        long[] numbers = numbers(error);
        return encode(
                target,
                at,
                kind,
                queue,
                tag,
                code(error),
                numbers[0],
                numbers[1],
                numbers[2],
                text);
    }

    private static int code(Throwable error) {
        return switch (error) {
            case QueueException.UnknownQueueException e -> UNKNOWN_QUEUE;
            case QueueException.MessageTooLargeException e -> MESSAGE_TOO_LARGE;
            case QueueException.BatchTooLargeException e -> PUSH_TOO_LARGE;
            case QueueException.ChecksumMismatchException e -> CHECKSUM_MISMATCH;
            case QueueException.CorruptMessageException e -> CORRUPT;
            case QueueException.QueueFailedException e -> QUEUE_FAILED;
            case QueueException.QueueClosedException e -> SHUTTING_DOWN;
            case QueueException.ShuttingDownException e -> SHUTTING_DOWN;
            case QueueException.OutOfOrderException e -> OUT_OF_ORDER;
            case QueueException.FileGoneException e -> FILE_GONE;
            case QueueException.NameTakenException e -> NAME_TAKEN;
            case QueueException.ProducerFencedException e -> FENCED;
            case QueueException.StorageException e -> INPUT_OUTPUT;
            case QueueException.NotWritableException e -> READ_ONLY;
            case IllegalArgumentException e -> MALFORMED;
            default -> OTHER;
        };
    }

    private static long[] numbers(Throwable error) {
        return switch (error) {
            case QueueException.MessageTooLargeException e ->
                    new long[] {e.messageBytes(), e.maxMessageBytes(), 0};
            case QueueException.BatchTooLargeException e ->
                    new long[] {e.given(), e.limit(), e.countsMessages() ? 1 : 0};
            case QueueException.CorruptMessageException e ->
                    new long[] {e.id(), e.resumeId(), e.position()};
            case QueueException.OutOfOrderException e -> new long[] {e.expectedSequence(), 0, 0};
            default -> new long[3];
        };
    }

    /** Writes the reply to a request and returns its length, at most {@link #MAX_BYTES}. */
    public static int encode(
            MemorySegment target,
            long at,
            int kind,
            int queue,
            int tag,
            int code,
            long a,
            long b,
            long c,
            String message) {
        byte[] text = message.getBytes(StandardCharsets.UTF_8);
        if (text.length > MAX_TEXT_BYTES) text = Arrays.copyOf(text, MAX_TEXT_BYTES);
        int bytes = AT_TEXT + text.length;
        Frame.encode(target, at, bytes, kind, 0, code, queue, tag);
        Frame.u64(target, at + AT_A, a);
        Frame.u64(target, at + AT_B, b);
        Frame.u64(target, at + AT_C, c);
        MemorySegment.copy(text, 0, target, ValueLayout.JAVA_BYTE, at + AT_TEXT, text.length);
        return bytes;
    }

    /** The error that a reply of this many bytes with a code tells. */
    public static QueueException decode(MemorySegment source, long at, int bytes) {
        if (bytes < AT_TEXT)
            return new QueueException.ServerErrorException(
                    "the server replied with error " + Frame.code(source, at));
        long a = Frame.u64(source, at + AT_A);
        long b = Frame.u64(source, at + AT_B);
        long c = Frame.u64(source, at + AT_C);
        String text = Frame.text(source, at + AT_TEXT, bytes - AT_TEXT);
        return switch (Frame.code(source, at)) {
            case UNKNOWN_QUEUE -> new QueueException.UnknownQueueException(text);
            case MESSAGE_TOO_LARGE -> new QueueException.MessageTooLargeException(a, b);
            case PUSH_TOO_LARGE ->
                    c == 1
                            ? QueueException.BatchTooLargeException.ofMessages(a, b)
                            : QueueException.BatchTooLargeException.ofBytes(a, b);
            case CHECKSUM_MISMATCH -> new QueueException.ChecksumMismatchException(text);
            case CORRUPT -> new QueueException.CorruptMessageException(a, b, c, text);
            case QUEUE_FAILED -> new QueueException.QueueFailedException(text, null);
            case SHUTTING_DOWN -> new QueueException.ShuttingDownException(text);
            case OUT_OF_ORDER -> new QueueException.OutOfOrderException(text, (int) a);
            case FILE_GONE -> new QueueException.FileGoneException(text);
            case NAME_TAKEN -> new QueueException.NameTakenException(text);
            case FENCED -> new QueueException.ProducerFencedException(text);
            case READ_ONLY -> new QueueException.NotWritableException(text);
            case INPUT_OUTPUT -> new QueueException.StorageException(text, null);
            default -> new QueueException.ServerErrorException(text);
        };
    }
}
