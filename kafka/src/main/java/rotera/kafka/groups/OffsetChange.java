package rotera.kafka.groups;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import rotera.kafka.topics.Partition;

/** A message of the offsets file: docs/kafka.md, Groups and offsets. */
sealed interface OffsetChange {

    /** A group has committed an offset. */
    record Committed(String group, Partition partition, CommittedOffset offset)
            implements OffsetChange {}

    /** An offset of a group is gone; with its last one, the group is. */
    record Removed(String group, Partition partition) implements OffsetChange {}

    /**
     * What else is known of a group.
     *
     * @param protocolType of its members; empty if it never had any
     * @param emptySinceMillis since when it has no members, {@link #OCCUPIED} while it has
     */
    record Noted(String group, String protocolType, long emptySinceMillis)
            implements OffsetChange {}

    /** A group is gone, with its offsets. */
    record GroupRemoved(String group) implements OffsetChange {}

    /** The next messages, of the same push, are all that is to be known. */
    record Snapshot(int messages) implements OffsetChange {}

    /** {@link Noted#emptySinceMillis} of a group that has members. */
    long OCCUPIED = -1;

    byte KIND_COMMITTED = 1;
    byte KIND_REMOVED = 2;
    byte KIND_NOTED = 3;
    byte KIND_GROUP_REMOVED = 4;
    byte KIND_SNAPSHOT = 5;

    /** A message of a kind that is not known here. */
    final class UnknownKindException extends Exception {
        private static final long serialVersionUID = 1;

        UnknownKindException(int kind) {
            super("a message of kind " + kind);
        }
    }

    default byte[] encode() {
        Output output = new Output();
        switch (this) {
            case Committed it -> {
                output.kind(KIND_COMMITTED).text(it.group).partition(it.partition);
                output.bytes
                        .putLong(it.offset.queueId().getMostSignificantBits())
                        .putLong(it.offset.queueId().getLeastSignificantBits())
                        .putLong(it.offset.offset())
                        .putInt(it.offset.leaderEpoch())
                        .putLong(it.offset.committedMillis());
                output.text(it.offset.metadata());
            }
            case Removed it -> output.kind(KIND_REMOVED).text(it.group).partition(it.partition);
            case Noted it -> {
                output.kind(KIND_NOTED).text(it.group).text(it.protocolType);
                output.bytes.putLong(it.emptySinceMillis);
            }
            case GroupRemoved it -> output.kind(KIND_GROUP_REMOVED).text(it.group);
            case Snapshot it -> output.kind(KIND_SNAPSHOT).bytes.putInt(it.messages);
        }
        return output.done();
    }

    /**
     * Reads a message.
     *
     * @throws UnknownKindException if a later version wrote it
     * @throws IllegalArgumentException if it is none
     */
    static OffsetChange decode(byte[] message) throws UnknownKindException {
        Input input = new Input(message);
        try {
            OffsetChange change = input.change();
            if (input.bytes.hasRemaining())
                throw new IllegalArgumentException(
                        input.bytes.remaining() + " bytes too many in a message");
            return change;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException(
                    "a message of " + message.length + " bytes is too short", e);
        }
    }

    /** Little-endian; a text is its length in UTF-8, two bytes, and that. */
    final class Output {
        private ByteBuffer bytes = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

        private Output kind(byte kind) {
            bytes.put(kind);
            return this;
        }

        private Output text(String text) {
            byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
            if (encoded.length > 0xffff)
                throw new IllegalArgumentException("a text of " + encoded.length + " bytes");
            ensure(2 + encoded.length);
            bytes.putShort((short) encoded.length).put(encoded);
            return this;
        }

        private Output partition(Partition partition) {
            text(partition.topic());
            bytes.putInt(partition.index());
            return this;
        }

        /** Room for a text, and for numbers behind it. */
        private void ensure(int more) {
            int needed = bytes.position() + more + 64;
            if (needed <= bytes.capacity()) return;
            ByteBuffer larger =
                    ByteBuffer.allocate(Math.max(needed, 2 * bytes.capacity()))
                            .order(ByteOrder.LITTLE_ENDIAN);
            bytes = larger.put(bytes.flip());
        }

        private byte[] done() {
            byte[] result = new byte[bytes.position()];
            bytes.get(0, result);
            return result;
        }
    }

    /** The reverse of {@link Output}. */
    final class Input {
        private final ByteBuffer bytes;

        private Input(byte[] message) {
            bytes = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        }

        private OffsetChange change() throws UnknownKindException {
            byte kind = bytes.get();
            return switch (kind) {
                case KIND_COMMITTED -> new Committed(text(), partition(), offset());
                case KIND_REMOVED -> new Removed(text(), partition());
                case KIND_NOTED -> new Noted(text(), text(), bytes.getLong());
                case KIND_GROUP_REMOVED -> new GroupRemoved(text());
                case KIND_SNAPSHOT -> new Snapshot(bytes.getInt());
                default -> throw new UnknownKindException(kind);
            };
        }

        private CommittedOffset offset() {
            return new CommittedOffset(
                    new UUID(bytes.getLong(), bytes.getLong()),
                    bytes.getLong(),
                    bytes.getInt(),
                    bytes.getLong(),
                    text());
        }

        private Partition partition() {
            return new Partition(text(), bytes.getInt());
        }

        private String text() {
            byte[] encoded = new byte[Short.toUnsignedInt(bytes.getShort())];
            bytes.get(encoded);
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(encoded))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new IllegalArgumentException("a text is not valid UTF-8", e);
            }
        }
    }
}
