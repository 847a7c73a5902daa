package rotera.kafka.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Schema.Field;

/**
 * Takes a message apart. No length or count is believed before the bytes for it are there, and what
 * one message makes of objects is limited.
 */
public final class RequestReader {
    /** What an object costs, about. */
    private static final int OBJECT_BYTES = 64;

    private final ByteBuffer input;
    private final int mostHeapBytes;
    private final Charge heap;
    private int heapBytes;

    /**
     * Reads from the buffer's position to its limit.
     *
     * @param mostHeapBytes what the message may take as objects, about; the bytes of records and
     *     such are not copied and do not count
     * @param heap is told what objects take before they are made
     */
    public RequestReader(ByteBuffer input, int mostHeapBytes, Charge heap) {
        this.input = input;
        this.mostHeapBytes = mostHeapBytes;
        this.heap = heap;
    }

    /** What objects take of a budget. */
    public interface Charge {
        void take(int bytes);
    }

    /**
     * Reads a message, to the end.
     *
     * @throws MalformedRequestException if it is something else, or larger than allowed
     */
    public Struct read(Schema schema, int version) {
        Struct struct = struct(schema, version);
        if (input.hasRemaining())
            throw new MalformedRequestException(input.remaining() + " bytes too many at the end");
        return struct;
    }

    /** Reads a request of an API, to the end. */
    @SuppressWarnings("unchecked")
    public <Q extends Struct> Q readRequest(Api<Q, ?> api, int version) {
        return (Q) read(api.request(), version);
    }

    public short int16() {
        need(2);
        return input.getShort();
    }

    public int int32() {
        need(4);
        return input.getInt();
    }

    public @Nullable String nullableText() {
        return text("text", true);
    }

    private Struct struct(Schema schema, int version) {
        charge(OBJECT_BYTES + 8 * schema.fields().size());
        Struct struct = schema.newStruct();
        for (int i = 0; i < schema.fields().size(); i++) {
            Field field = schema.fields().get(i);
            if (field.versions().contains(version)) struct.put(i, value(field, version));
        }
        return struct;
    }

    private @Nullable Object value(Field field, int version) {
        return field.array() ? array(field, version) : single(field, version);
    }

    private @Nullable List<Object> array(Field field, int version) {
        int count = int32();
        if (count == -1 && field.nullable().contains(version)) return null;
        int least =
                field.type() == Schema.Type.STRUCT
                        ? Math.max(1, field.elementSchema().leastBytes(version))
                        : field.type().leastBytes;
        if (count < 0 || count > input.remaining() / least)
            throw new MalformedRequestException(
                    "%d elements of %s, but %d bytes are left"
                            .formatted(count, field.name(), input.remaining()));
        List<Object> elements = new ArrayList<>(Math.min(count, 16));
        for (int i = 0; i < count; i++) {
            charge(8);
            elements.add(
                    field.type() == Schema.Type.STRUCT
                            ? struct(field.elementSchema(), version)
                            : element(field));
        }
        return elements;
    }

    private Object element(Field field) {
        Object value = single(field, -1);
        if (value == null)
            throw new MalformedRequestException("an element of " + field.name() + " is null");
        return value;
    }

    private @Nullable Object single(Field field, int version) {
        need(field.type().leastBytes);
        boolean nullable = field.nullable().contains(version);
        return switch (field.type()) {
            case BOOL -> input.get() != 0;
            case INT8 -> (long) input.get();
            case INT16 -> (long) input.getShort();
            case INT32 -> (long) input.getInt();
            case INT64 -> number();
            case STRING -> text(field.name(), nullable);
            case BYTES -> bytes(field.name(), nullable);
            case STRUCT -> struct(field.elementSchema(), version);
        };
    }

    private long number() {
        charge(16);
        return input.getLong();
    }

    private @Nullable String text(String name, boolean nullable) {
        int length = int16();
        if (length == -1 && nullable) return null;
        if (length < 0) throw new MalformedRequestException(name + " of " + length + " bytes");
        need(length);
        charge(OBJECT_BYTES + length);
        ByteBuffer bytes = input.slice(input.position(), length);
        input.position(input.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new MalformedRequestException(name + " is not valid UTF-8");
        }
    }

    private @Nullable ByteBuffer bytes(String name, boolean nullable) {
        int length = int32();
        if (length == -1 && nullable) return null;
        if (length < 0) throw new MalformedRequestException(name + " of " + length + " bytes");
        need(length);
        charge(OBJECT_BYTES);
        ByteBuffer bytes = input.slice(input.position(), length);
        input.position(input.position() + length);
        return bytes;
    }

    private void need(int bytes) {
        if (bytes > input.remaining())
            throw new MalformedRequestException(
                    bytes + " bytes are announced, " + input.remaining() + " are left");
    }

    private void charge(int bytes) {
        heapBytes += bytes;
        if (heapBytes > mostHeapBytes)
            throw new MalformedRequestException(
                    "the request names too many things: split it, they may take "
                            + mostHeapBytes
                            + " bytes");
        heap.take(bytes);
    }
}
