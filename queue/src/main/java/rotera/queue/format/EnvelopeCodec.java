package rotera.queue.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static rotera.queue.buffer.LittleEndian.U32;
import static rotera.queue.buffer.LittleEndian.U64;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import rotera.queue.Envelope;
import rotera.queue.Envelope.Header;

/** The bytes of an envelope: docs/format.md, Envelope. */
public final class EnvelopeCodec {
    // What the first byte says is there.
    public static final int KEY = 1;
    public static final int TIME = 2;
    public static final int HEADERS = 4;
    public static final int NULL_VALUE = 8;
    private static final int ABSENT = -1;

    private EnvelopeCodec() {}

    public static long bytes(Envelope envelope) {
        long bytes = 1;
        if (envelope.timeMillis().isPresent()) bytes += 8;
        if (envelope.key().isPresent()) bytes += 4 + envelope.key().get().length;
        if (!envelope.headers().isEmpty()) {
            bytes += 4;
            for (Header header : envelope.headers()) {
                bytes +=
                        4
                                + name(header).length
                                + 4
                                + header.value().map(value -> value.length).orElse(0);
            }
        }
        return bytes;
    }

    public static void encode(Envelope envelope, MemorySegment target, long from) {
        int flags =
                (envelope.key().isPresent() ? KEY : 0)
                        | (envelope.timeMillis().isPresent() ? TIME : 0)
                        | (envelope.headers().isEmpty() ? 0 : HEADERS)
                        | (envelope.nullValue() ? NULL_VALUE : 0);
        target.set(JAVA_BYTE, from, (byte) flags);
        long at = from + 1;
        if (envelope.timeMillis().isPresent()) {
            target.set(U64, at, envelope.timeMillis().getAsLong());
            at += 8;
        }
        if (envelope.key().isPresent()) at = put(target, at, envelope.key());
        if (!envelope.headers().isEmpty()) {
            target.set(U32, at, envelope.headers().size());
            at += 4;
            for (Header header : envelope.headers()) {
                at = put(target, at, Optional.of(name(header)));
                at = put(target, at, header.value());
            }
        }
    }

    /** How many bytes the envelope takes of a message; -1 if what is there is not an envelope. */
    public static long measure(MemorySegment source, long from, long messageBytes) {
        long end = from + messageBytes;
        if (messageBytes < 1) return -1;
        int flags = source.get(JAVA_BYTE, from);
        if ((flags & ~(KEY | TIME | HEADERS | NULL_VALUE)) != 0) return -1;
        long at = from + 1 + ((flags & TIME) != 0 ? 8 : 0);
        if ((flags & KEY) != 0) at = skip(source, at, end, false);
        if ((flags & HEADERS) != 0 && at >= 0) {
            if (end - at < 4) return -1;
            int headers = source.get(U32, at);
            at += 4;
            for (int i = 0; i < headers && at >= 0; i++) {
                at = skip(source, at, end, false);
                if (at >= 0) at = skip(source, at, end, true);
            }
            if (headers < 0) return -1;
        }
        return at < 0 || at > end ? -1 : at - from;
    }

    /** The envelope of a message that {@link #measure} has accepted. */
    public static Envelope decode(MemorySegment source, long from) {
        int flags = source.get(JAVA_BYTE, from);
        long at = from + 1;
        OptionalLong time = OptionalLong.empty();
        if ((flags & TIME) != 0) {
            time = OptionalLong.of(source.get(U64, at));
            at += 8;
        }
        Optional<byte[]> key = Optional.empty();
        if ((flags & KEY) != 0) {
            key = take(source, at);
            at += 4 + key.map(bytes -> bytes.length).orElse(0);
        }
        List<Header> headers = new ArrayList<>();
        if ((flags & HEADERS) != 0) {
            int count = source.get(U32, at);
            at += 4;
            for (int i = 0; i < count; i++) {
                Optional<byte[]> name = take(source, at);
                at += 4 + name.map(bytes -> bytes.length).orElse(0);
                Optional<byte[]> value = take(source, at);
                at += 4 + value.map(bytes -> bytes.length).orElse(0);
                headers.add(
                        new Header(new String(name.orElseThrow(), StandardCharsets.UTF_8), value));
            }
        }
        return new Envelope(key, time, headers, (flags & NULL_VALUE) != 0);
    }

    public static boolean nullValue(MemorySegment source, long from) {
        return (source.get(JAVA_BYTE, from) & NULL_VALUE) != 0;
    }

    private static byte[] name(Header header) {
        return header.name().getBytes(StandardCharsets.UTF_8);
    }

    private static long put(MemorySegment target, long at, Optional<byte[]> bytes) {
        target.set(U32, at, bytes.map(value -> value.length).orElse(ABSENT));
        bytes.ifPresent(
                value -> MemorySegment.copy(value, 0, target, JAVA_BYTE, at + 4, value.length));
        return at + 4 + bytes.map(value -> value.length).orElse(0);
    }

    private static Optional<byte[]> take(MemorySegment source, long at) {
        int length = source.get(U32, at);
        if (length == ABSENT) return Optional.empty();
        return Optional.of(source.asSlice(at + 4, length).toArray(JAVA_BYTE));
    }

    private static long skip(MemorySegment source, long at, long end, boolean mayBeAbsent) {
        if (end - at < 4) return -1;
        int length = source.get(U32, at);
        if (length == ABSENT && mayBeAbsent) return at + 4;
        return length < 0 || length > end - at - 4 ? -1 : at + 4 + length;
    }
}
