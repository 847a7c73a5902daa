package rotera.protocol;

import static rotera.protocol.Request.U32;
import static rotera.protocol.Request.U64;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The request that opens the own protocol (docs/protocol.md): 32 bytes like every request of the
 * original, then the credentials.
 *
 * @param lowest version that the client speaks
 * @param highest version that the client speaks
 * @param credentialsBytes how many bytes of credentials follow
 * @param producerToken who pushes; 0 for a new one
 */
public record Hello(int lowest, int highest, long credentialsBytes, long producerToken) {
    public static final long OPERATION = 0xed54bbfe6535a837L;

    /** The only version there is. */
    public static final int VERSION = 1;

    public static final int MAX_CREDENTIALS_BYTES = 4096;

    static final ValueLayout.OfShort U16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int AT_LOWEST = 8;
    private static final int AT_HIGHEST = AT_LOWEST + 2;
    private static final int AT_CREDENTIALS = AT_HIGHEST + 2;
    private static final int AT_TOKEN = AT_CREDENTIALS + 4;
    private static final int AT_RESERVED = AT_TOKEN + 8;

    /** Of a client of today. */
    public static Hello of(long producerToken) {
        return new Hello(VERSION, VERSION, 0, producerToken);
    }

    public static Hello decode(MemorySegment source, long at) {
        return new Hello(
                Short.toUnsignedInt(source.get(U16, at + AT_LOWEST)),
                Short.toUnsignedInt(source.get(U16, at + AT_HIGHEST)),
                Integer.toUnsignedLong(source.get(U32, at + AT_CREDENTIALS)),
                source.get(U64, at + AT_TOKEN));
    }

    /** Writes {@link Request#BYTES} bytes. */
    public void encode(MemorySegment target, long at) {
        target.set(U64, at, OPERATION);
        target.set(U16, at + AT_LOWEST, (short) lowest);
        target.set(U16, at + AT_HIGHEST, (short) highest);
        target.set(U32, at + AT_CREDENTIALS, (int) credentialsBytes);
        target.set(U64, at + AT_TOKEN, producerToken);
        target.set(U64, at + AT_RESERVED, 0L);
    }

    /**
     * The reply.
     *
     * @param version to speak
     * @param flags what the server can do beyond version 1
     * @param maxFrameBytes largest frame that the server takes
     * @param producerToken who the client is
     * @param maxPushMessages the most messages of a push
     * @param rememberedPushes how many pushes of a producer are remembered with their ids
     * @param server name and version of the server
     */
    public record Reply(
            int version,
            int flags,
            long maxFrameBytes,
            long producerToken,
            int maxPushMessages,
            int rememberedPushes,
            String server) {
        /** The server deletes and renames queues. */
        public static final int CHANGES_QUEUES = 2;

        private static final int AT_VERSION = Frame.HEAD_BYTES;
        private static final int AT_FLAGS = AT_VERSION + 2;
        private static final int AT_MAX_FRAME = AT_FLAGS + 2;
        private static final int AT_TOKEN = AT_MAX_FRAME + 4;
        private static final int AT_MAX_MESSAGES = AT_TOKEN + 8;
        private static final int AT_REMEMBERED = AT_MAX_MESSAGES + 4;
        private static final int AT_RESERVED = AT_REMEMBERED + 2;
        private static final int AT_TEXT_BYTES = AT_RESERVED + 2;
        private static final int AT_TEXT = AT_TEXT_BYTES + 4;

        /** Writes a frame and returns its length. */
        public int encode(MemorySegment target, long at) {
            byte[] text = server.getBytes(StandardCharsets.UTF_8);
            int bytes = AT_TEXT + text.length;
            Frame.encode(target, at, bytes, Frame.HELLO, 0, 0, 0, 0);
            target.set(U16, at + AT_VERSION, (short) version);
            target.set(U16, at + AT_FLAGS, (short) flags);
            target.set(U32, at + AT_MAX_FRAME, (int) maxFrameBytes);
            target.set(U64, at + AT_TOKEN, producerToken);
            target.set(U32, at + AT_MAX_MESSAGES, maxPushMessages);
            target.set(U16, at + AT_REMEMBERED, (short) rememberedPushes);
            target.set(U16, at + AT_RESERVED, (short) 0);
            target.set(U32, at + AT_TEXT_BYTES, text.length);
            MemorySegment.copy(text, 0, target, ValueLayout.JAVA_BYTE, at + AT_TEXT, text.length);
            return bytes;
        }

        /**
         * Reads a frame of this many bytes.
         *
         * @throws IllegalArgumentException if it is none
         */
        public static Reply decode(MemorySegment source, long at, int bytes) {
            if (bytes < AT_TEXT)
                throw new IllegalArgumentException("a hello reply of " + bytes + " bytes");
            int length = source.get(U32, at + AT_TEXT_BYTES);
            if (length < 0 || length > bytes - AT_TEXT)
                throw new IllegalArgumentException("a hello reply with a text of " + length);
            return new Reply(
                    Short.toUnsignedInt(source.get(U16, at + AT_VERSION)),
                    Short.toUnsignedInt(source.get(U16, at + AT_FLAGS)),
                    Integer.toUnsignedLong(source.get(U32, at + AT_MAX_FRAME)),
                    source.get(U64, at + AT_TOKEN),
                    source.get(U32, at + AT_MAX_MESSAGES),
                    Short.toUnsignedInt(source.get(U16, at + AT_REMEMBERED)),
                    Frame.text(source, at + AT_TEXT, length));
        }
    }
}
