package rotera.kafka.wire;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rotera.kafka.message.ApiRegistry;

/** A message whose fields are read and set by their names: tests send what no program would. */
public final class NamedStruct extends Struct {
    private NamedStruct(Schema schema) {
        super(schema);
    }

    /** An empty one. */
    public static NamedStruct of(Schema schema) {
        return new NamedStruct(named(schema));
    }

    public static NamedStruct request(String api) {
        return of(api(api).request());
    }

    /** The same schema, whose structs are of this class. */
    public static Schema named(Schema schema) {
        List<Schema.Field> fields = schema.fields().stream().map(NamedStruct::named).toList();
        return new Schema(schema.type(), fields, (type, itself) -> new NamedStruct(itself));
    }

    private static Schema.Field named(Schema.Field field) {
        Schema element = field.element();
        return new Schema.Field(
                field.name(),
                field.type(),
                field.array(),
                field.versions(),
                field.nullable(),
                element == null ? null : named(element));
    }

    public static Api<?, ?> api(String name) {
        return ApiRegistry.all().stream()
                .filter(api -> api.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    public static NamedStruct readRequest(String api, int version, ByteBuffer bytes) {
        return read(api(api).request(), version, bytes);
    }

    public static NamedStruct readResponse(String api, int version, ByteBuffer bytes) {
        return read(api(api).response(), version, bytes);
    }

    private static NamedStruct read(Schema schema, int version, ByteBuffer bytes) {
        return (NamedStruct)
                new RequestReader(bytes, 1 << 20, taken -> {}).read(named(schema), version);
    }

    private int indexOf(String name) {
        List<Schema.Field> fields = schema().fields();
        for (int i = 0; i < fields.size(); i++) if (fields.get(i).name().equals(name)) return i;
        throw new IllegalArgumentException("there is no field " + name + " among " + fields);
    }

    public boolean bool(String name) {
        return bool(indexOf(name));
    }

    /** A number of any width. */
    public long number(String name) {
        return int64(indexOf(name));
    }

    public String text(String name) {
        return text(indexOf(name));
    }

    public Optional<String> optionalText(String name) {
        return Optional.ofNullable(nullableText(indexOf(name)));
    }

    public @Nullable ByteBuffer buffer(String name) {
        return nullableBytes(indexOf(name));
    }

    public byte[] bytes(String name) {
        return copy(bytes(indexOf(name)));
    }

    public boolean isNull(String name) {
        return isNull(indexOf(name));
    }

    public List<NamedStruct> structs(String name) {
        return list(indexOf(name));
    }

    public List<String> texts(String name) {
        return list(indexOf(name));
    }

    public List<Long> numbers(String name) {
        return list(indexOf(name));
    }

    public @Nullable Object get(String name) {
        return get(indexOf(name));
    }

    public NamedStruct set(String name, long value) {
        return with(name, value);
    }

    public NamedStruct set(String name, boolean value) {
        return with(name, value);
    }

    public NamedStruct set(String name, byte[] value) {
        return with(name, ByteBuffer.wrap(value));
    }

    /** A text, bytes or the elements of an array. */
    public NamedStruct set(String name, @Nullable Object value) {
        return with(name, value);
    }

    private NamedStruct with(String name, @Nullable Object value) {
        put(indexOf(name), value);
        return this;
    }

    public NamedStruct add(String name) {
        return (NamedStruct) add(indexOf(name));
    }
}
