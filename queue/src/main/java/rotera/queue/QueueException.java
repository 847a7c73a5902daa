package rotera.queue;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What can go wrong with a queue. The message says what was given, what is allowed, and what can be
 * done.
 */
@SuppressWarnings("exports") // of an annotation, which a program need not have
public abstract sealed class QueueException extends RuntimeException {

    private static final long serialVersionUID = 1;

    QueueException(String message) {
        super(message);
    }

    QueueException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** No such queue. */
    public static final class UnknownQueueException extends QueueException {
        private static final long serialVersionUID = 1;

        public UnknownQueueException(String message) {
            super(message);
        }
    }

    /** A message is larger than the queue takes. Nothing of its batch was kept. */
    public static final class MessageTooLargeException extends QueueException {
        private static final long serialVersionUID = 1;
        private final long messageBytes;
        private final long maxMessageBytes;

        public MessageTooLargeException(long messageBytes, long maxMessageBytes) {
            super(
                    "message of "
                            + messageBytes
                            + " bytes is larger than the "
                            + maxMessageBytes
                            + " bytes this queue takes: split it, or create a larger queue");
            this.messageBytes = messageBytes;
            this.maxMessageBytes = maxMessageBytes;
        }

        public long messageBytes() {
            return messageBytes;
        }

        public long maxMessageBytes() {
            return maxMessageBytes;
        }
    }

    /** A batch holds more messages or bytes than a push may have. Nothing of it was kept. */
    public static final class BatchTooLargeException extends QueueException {
        private static final long serialVersionUID = 1;
        private final long given;
        private final long limit;
        private final boolean countsMessages;

        /** There are too many messages in it. */
        public static BatchTooLargeException ofMessages(long given, long limit) {
            return new BatchTooLargeException(given, limit, true);
        }

        /** There are too many bytes in it: 4 + length for each message. */
        public static BatchTooLargeException ofBytes(long given, long limit) {
            return new BatchTooLargeException(given, limit, false);
        }

        private BatchTooLargeException(long given, long limit, boolean countsMessages) {
            this(
                    given,
                    limit,
                    countsMessages ? "messages" : "bytes (4 + length for each message)",
                    countsMessages);
        }

        private BatchTooLargeException(
                long given, long limit, String unit, boolean countsMessages) {
            super(
                    "batch of "
                            + given
                            + " "
                            + unit
                            + " is larger than the "
                            + limit
                            + " "
                            + unit
                            + " one push may have: push it in parts");
            this.given = given;
            this.limit = limit;
            this.countsMessages = countsMessages;
        }

        public long given() {
            return given;
        }

        public long limit() {
            return limit;
        }

        /** Whether {@link #given} and {@link #limit} count messages, and not bytes. */
        public boolean countsMessages() {
            return countsMessages;
        }
    }

    /** Messages were damaged on their way: their checksum is not the one that was sent along. */
    public static final class ChecksumMismatchException extends QueueException {
        private static final long serialVersionUID = 1;

        public ChecksumMismatchException(String message) {
            super(message);
        }
    }

    /**
     * Stored messages do not match their checksum, or their record cannot be read. Nothing of it is
     * returned.
     */
    public static final class CorruptMessageException extends QueueException {
        private static final long serialVersionUID = 1;
        private final long id;
        private final long resumeId;
        private final long position;

        public CorruptMessageException(
                long id, long resumeId, Path file, long position, String why) {
            this(
                    id,
                    resumeId,
                    position,
                    ids(id, resumeId)
                            + " of "
                            + file
                            + (resumeId - id == 1 ? " is" : " are")
                            + " damaged (position "
                            + position
                            + ": "
                            + why
                            + "): reading can go on at id "
                            + resumeId);
        }

        private static String ids(long id, long resumeId) {
            return resumeId - id == 1
                    ? "message " + id
                    : "messages " + id + " to " + (resumeId - 1);
        }

        public CorruptMessageException(long id, long resumeId, long position, String message) {
            super(message);
            this.id = id;
            this.resumeId = resumeId;
            this.position = position;
        }

        /** First damaged message. */
        public long id() {
            return id;
        }

        /** First message behind the damage: reading can go on from it. */
        public long resumeId() {
            return resumeId;
        }

        /** Where the damage begins; a position in the ring (docs/format.md). */
        public long position() {
            return position;
        }
    }

    /**
     * A write or sync failed: the queue takes no more pushes and commits. Reads go on; reopening
     * finds what is on the disk.
     */
    public static final class QueueFailedException extends QueueException {
        private static final long serialVersionUID = 1;

        public QueueFailedException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * The file of the queue was removed, renamed or replaced while it was open. Nothing more is
     * acknowledged, since nobody would find it; reads go on with what is there. When the file has
     * its name back, so do pushes and commits, and nothing is lost.
     */
    public static final class FileGoneException extends QueueException {
        private static final long serialVersionUID = 1;

        public FileGoneException(String message) {
            super(message);
        }

        public FileGoneException(Path file) {
            this(
                    file
                            + " was removed, renamed or replaced while it was open: what is pushed is not acknowledged; give the file its name back, or close the queue and open what has the name now. To delete a queue of a server, or to give it another name, use rotera delete and rotera rename");
        }
    }

    /** Another queue of the server has the name already. */
    public static final class NameTakenException extends QueueException {
        private static final long serialVersionUID = 1;

        public NameTakenException(String message) {
            super(message);
        }
    }

    /**
     * The sequence of a push is not the one that the queue expects of its producer, and the push is
     * none of those that are remembered: it was refused before, it is older than those, or it was
     * cut in another way. Nothing of it was kept now, and this does not say that it was kept
     * before.
     */
    public static final class OutOfOrderException extends QueueException {
        private static final long serialVersionUID = 1;
        private final int expectedSequence;

        public OutOfOrderException(String message, int expectedSequence) {
            super(message);
            this.expectedSequence = expectedSequence;
        }

        public OutOfOrderException(Producer producer, int messages, int expectedSequence) {
            this(
                    "producer "
                            + Long.toUnsignedString(producer.id())
                            + " pushes "
                            + messages
                            + " messages with sequence "
                            + producer.sequence()
                            + ", and sequence "
                            + expectedSequence
                            + " was expected: nothing of them was kept, and they are none of its last "
                            + Producer.REMEMBERED_PUSHES
                            + " pushes; push what is not known to be kept from sequence "
                            + expectedSequence
                            + " on",
                    expectedSequence);
        }

        /** Follows the last message that the producer has pushed. */
        public int expectedSequence() {
            return expectedSequence;
        }
    }

    /**
     * A producer that has to begin with sequence 0 does not, and the queue does not remember it: it
     * never pushed, it was forgotten because many others pushed since, or the queue was made anew.
     * Nothing was kept.
     */
    public static final class UnknownProducerException extends QueueException {
        private static final long serialVersionUID = 1;

        public UnknownProducerException(Producer producer) {
            super(
                    "producer "
                            + Long.toUnsignedString(producer.id())
                            + " pushes with sequence "
                            + producer.sequence()
                            + ", and the queue does not remember it: nothing was kept; begin with sequence 0, as another producer or with a later epoch");
        }
    }

    /** A producer pushes with an earlier epoch than before: another one took its place. */
    public static final class ProducerFencedException extends QueueException {
        private static final long serialVersionUID = 1;

        public ProducerFencedException(String message) {
            super(message);
        }

        public ProducerFencedException(Producer producer, int laterEpoch) {
            super(
                    "producer "
                            + Long.toUnsignedString(producer.id())
                            + " pushes with epoch "
                            + producer.epoch()
                            + ", but epoch "
                            + laterEpoch
                            + " has pushed since: stop, another one has taken its place");
        }
    }

    /** The queue was closed, or is open for reading only. */
    public static final class NotWritableException extends QueueException {
        private static final long serialVersionUID = 1;

        public NotWritableException(String message) {
            super(message);
        }
    }

    /** The queue was closed. */
    public static final class QueueClosedException extends QueueException {
        private static final long serialVersionUID = 1;

        public QueueClosedException(String message) {
            super(message);
        }
    }

    /** The server is shutting down. */
    public static final class ShuttingDownException extends QueueException {
        private static final long serialVersionUID = 1;

        public ShuttingDownException(String message) {
            super(message);
        }
    }

    /** The server said that something else is wrong. */
    public static final class ServerErrorException extends QueueException {
        private static final long serialVersionUID = 1;

        public ServerErrorException(String message) {
            super(message);
        }
    }

    /** Another queue has taken the place of the one that was connected to. */
    public static final class QueueReplacedException extends QueueException {
        private static final long serialVersionUID = 1;

        public QueueReplacedException(String message) {
            super(message);
        }
    }

    /**
     * The connection to the server was lost; what was pushed since the last commit may or may not
     * be kept.
     */
    public static final class ConnectionLostException extends QueueException {
        private static final long serialVersionUID = 1;

        public ConnectionLostException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** No answer within the time that was allowed. */
    public static final class TimedOutException extends QueueException {
        private static final long serialVersionUID = 1;

        public TimedOutException(String message) {
            super(message);
        }
    }

    /** The file is not a rot file, or is damaged so that nothing can be read. */
    public static final class NotARotFileException extends QueueException {
        private static final long serialVersionUID = 1;

        public NotARotFileException(String message) {
            super(message);
        }
    }

    /** The file was written by a version of Rotera that this one does not know. */
    public static final class UnsupportedVersionException extends QueueException {
        private static final long serialVersionUID = 1;

        public UnsupportedVersionException(Path file, int version, int supported) {
            super(
                    "%s has format version %d, this program knows version %d: %s"
                            .formatted(
                                    file,
                                    version,
                                    supported,
                                    version < supported
                                            ? "serve it with the program that wrote it, and copy it from there with this one (rotera copy); nothing was changed"
                                            : "use the program that wrote it, or a newer one; nothing was changed"));
        }
    }

    /** A newer version of Rotera has made use of something that this one does not know. */
    public static final class UnsupportedFeatureException extends QueueException {
        private static final long serialVersionUID = 1;

        public UnsupportedFeatureException(Path file, String feature) {
            super(
                    file
                            + " makes use of "
                            + feature
                            + ", which this version does not know: use a newer Rotera; nothing was changed");
        }
    }

    /** Another process, or another queue object of this process, holds the file. */
    public static final class HeldByAnotherProcessException extends QueueException {
        private static final long serialVersionUID = 1;

        public HeldByAnotherProcessException(Path file, String holder) {
            super(file + " is held by " + holder + ": close it there, or read it through a server");
        }
    }

    /**
     * The operating system refused something: the message has the file, the operation and the
     * reason.
     */
    public static final class StorageException extends QueueException {
        private static final long serialVersionUID = 1;

        public StorageException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
