package rotera.kafka.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message, or an element of one of its arrays: values in the order of its {@link Schema}. What
 * was not set is zero, empty or null. A subclass has the fields by their names. Not thread-safe.
 */
public abstract class Struct {
    static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final Schema schema;
    private final @Nullable Object[] values;

    protected Struct(Schema schema) {
        this.schema = schema;
        this.values = schema.zeros();
    }

    public final Schema schema() {
        return schema;
    }

    public final @Nullable Object get(int field) {
        return values[field];
    }

    /** Sets a value of the type that {@link RequestReader} gives the field. */
    public final void put(int field, @Nullable Object value) {
        values[field] = value;
    }

    /** A copy of the bytes of a field. */
    public static byte[] copy(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        return copy;
    }

    // ---- for subclasses

    protected final boolean bool(int field) {
        return (Boolean) present(field);
    }

    protected final int int32(int field) {
        return ((Long) present(field)).intValue();
    }

    protected final long int64(int field) {
        return (Long) present(field);
    }

    protected final String text(int field) {
        return (String) present(field);
    }

    protected final @Nullable String nullableText(int field) {
        return (String) values[field];
    }

    /** The bytes where they lie: valid until the response to the request. */
    protected final ByteBuffer bytes(int field) {
        return (ByteBuffer) present(field);
    }

    /** The bytes where they lie: valid until the response to the request. */
    protected final @Nullable ByteBuffer nullableBytes(int field) {
        return (ByteBuffer) values[field];
    }

    /** The elements of an array; none if it is null. */
    @SuppressWarnings("unchecked")
    protected final <T> List<T> list(int field) {
        Object value = values[field];
        return value == null ? List.of() : (List<T>) value;
    }

    protected final boolean isNull(int field) {
        return values[field] == null;
    }

    /** Adds an element to an array of structs, to be filled. */
    protected final Struct add(int field) {
        Struct element = schema.fields().get(field).elementSchema().newStruct();
        if (!(values[field] instanceof ArrayList<?>)) values[field] = new ArrayList<>(list(field));
        this.<Object>list(field).add(element);
        return element;
    }

    private Object present(int field) {
        Object value = values[field];
        if (value == null)
            throw new IllegalStateException(schema.fields().get(field).name() + " is null");
        return value;
    }

    @Override
    public final String toString() {
        return Arrays.toString(values);
    }
}
