package rotera.kafka.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message, or an element of one of its arrays: values by the names of its {@link Schema}. What
 * was not set is zero, empty or null. Not thread-safe.
 */
public final class Struct {
    static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final Schema schema;
    private final @Nullable Object[] values;

    public Struct(Schema schema) {
        this.schema = schema;
        this.values = new Object[schema.fields().size()];
        for (int i = 0; i < values.length; i++) values[i] = schema.fields().get(i).zero();
    }

    public Schema schema() {
        return schema;
    }

    // ---- values

    public boolean bool(String name) {
        return (Boolean) present(name);
    }

    /** A number of any width. */
    public long number(String name) {
        return (Long) present(name);
    }

    /** A number of at most 32 bits. */
    public int int32(String name) {
        return Math.toIntExact(number(name));
    }

    public String text(String name) {
        return (String) present(name);
    }

    public Optional<String> optionalText(String name) {
        return Optional.ofNullable((String) get(name));
    }

    /** A copy of the bytes. */
    public byte[] bytes(String name) {
        ByteBuffer buffer = ((ByteBuffer) present(name)).duplicate();
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(copy);
        return copy;
    }

    /** The bytes where they lie: valid until the answer to the request. */
    public @Nullable ByteBuffer buffer(String name) {
        return (ByteBuffer) get(name);
    }

    public boolean isNull(String name) {
        return get(name) == null;
    }

    /** The elements of an array with fields; none if it is null. */
    public List<Struct> structs(String name) {
        return elements(name, Struct.class);
    }

    /** The elements of an array of texts; none if it is null. */
    public List<String> texts(String name) {
        return elements(name, String.class);
    }

    /** The elements of an array of numbers; none if it is null. */
    public List<Long> numbers(String name) {
        return elements(name, Long.class);
    }

    private <T> List<T> elements(String name, Class<T> type) {
        List<T> result = new ArrayList<>();
        if (get(name) instanceof List<?> list) {
            for (Object element : list) result.add(type.cast(element));
        }
        return result;
    }

    private Object present(String name) {
        Object value = get(name);
        if (value == null) throw new IllegalStateException(name + " is null");
        return value;
    }

    public @Nullable Object get(String name) {
        return values[schema.indexOf(name)];
    }

    public @Nullable Object get(int field) {
        return values[field];
    }

    // ---- setting them

    public Struct set(String name, boolean value) {
        return put(schema.indexOf(name), value);
    }

    public Struct set(String name, long value) {
        return put(schema.indexOf(name), value);
    }

    public Struct set(String name, Errors error) {
        return set(name, error.code);
    }

    public Struct set(String name, @Nullable String value) {
        return put(schema.indexOf(name), value);
    }

    public Struct set(String name, byte[] value) {
        return put(schema.indexOf(name), ByteBuffer.wrap(value));
    }

    /** Not copied: must stay as it is until the answer is written. */
    public Struct set(String name, @Nullable ByteBuffer value) {
        return put(schema.indexOf(name), value);
    }

    /** Records that are written where they lie. */
    public Struct set(String name, Records value) {
        return put(schema.indexOf(name), value);
    }

    /** An array of texts or numbers ({@link Long}), or null. */
    public Struct set(String name, @Nullable List<?> value) {
        return put(schema.indexOf(name), value);
    }

    public Struct put(int field, @Nullable Object value) {
        values[field] = value;
        return this;
    }

    /** Adds an element to an array with fields, to be filled. */
    public Struct add(String name) {
        int index = schema.indexOf(name);
        Struct element = new Struct(schema.fields().get(index).elementSchema());
        List<Object> elements = new ArrayList<>();
        if (values[index] instanceof GrowingList growing) {
            growing.add(element);
            return element;
        }
        if (values[index] instanceof List<?> list) elements.addAll(list);
        GrowingList growing = new GrowingList(elements);
        growing.add(element);
        values[index] = growing;
        return element;
    }

    /** A list that belongs to this struct. */
    private static final class GrowingList extends ArrayList<Object> {
        private static final long serialVersionUID = 1;

        GrowingList(List<Object> elements) {
            super(elements);
        }
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
