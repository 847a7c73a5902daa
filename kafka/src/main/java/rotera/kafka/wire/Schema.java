package rotera.kafka.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields of a message, or of an element of one of its arrays, in the order on the wire. */
public final class Schema {

    private final int type;
    private final List<Field> fields;
    private final Factory factory;
    private final @Nullable Object[] zeros;

    /** Makes the empty struct of a type. */
    public interface Factory {
        Struct create(int type, Schema schema);
    }

    /** What a value is. */
    public enum Type {
        BOOL(1),
        INT8(1),
        INT16(2),
        INT32(4),
        INT64(8),
        STRING(2),
        BYTES(4),
        /** Elements with fields of their own. */
        STRUCT(0);

        /** The fewest bytes of a value. */
        final int leastBytes;

        Type(int leastBytes) {
            this.leastBytes = leastBytes;
        }
    }

    /**
     * A field.
     *
     * @param array whether there are any number of values
     * @param versions those that have the field
     * @param nullable those in which it may be null
     * @param element what a value has, if it is a {@link Type#STRUCT}
     */
    public record Field(
            String name,
            Type type,
            boolean array,
            Versions versions,
            Versions nullable,
            @Nullable Schema element) {

        public Schema elementSchema() {
            if (element == null) throw new IllegalStateException(name + " has no fields");
            return element;
        }

        /** The value of a field that was not set, or is not in the version. */
        public @Nullable Object zero() {
            if (nullable.contains(versions.first())) return null;
            if (array) return List.of();
            return switch (type) {
                case BOOL -> false;
                case INT8, INT16, INT32, INT64 -> 0L;
                case STRING -> "";
                case BYTES -> Struct.NO_BYTES;
                case STRUCT -> throw new IllegalStateException(name + " is not an array");
            };
        }
    }

    /**
     * The schema of a type of struct.
     *
     * @param type what the factory makes structs of
     */
    public Schema(int type, List<Field> fields, Factory factory) {
        this.type = type;
        this.fields = List.copyOf(fields);
        this.factory = factory;
        this.zeros = this.fields.stream().map(Field::zero).toArray();
    }

    public List<Field> fields() {
        return fields;
    }

    public int type() {
        return type;
    }

    /** A message or an element of this schema in which nothing is set. */
    public Struct newStruct() {
        return factory.create(type, this);
    }

    /** The values of a struct in which nothing is set. */
    @Nullable Object[] zeros() {
        return zeros.clone();
    }

    /** The fewest bytes that this takes in a version. */
    int leastBytes(int version) {
        int bytes = 0;
        for (Field field : fields) {
            if (field.versions.contains(version)) bytes += field.array ? 4 : field.type.leastBytes;
        }
        return bytes;
    }
}
