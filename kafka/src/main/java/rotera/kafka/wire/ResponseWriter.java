package rotera.kafka.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Schema.Field;

/** Writes messages as a version has them. */
public final class ResponseWriter {
    private static final int MOST_TEXT_BYTES = Short.MAX_VALUE;

    private ResponseWriter() {}

    /** Writes behind what is there. */
    public static void write(Struct struct, int version, Bytes output) {
        List<Field> fields = struct.schema().fields();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            if (!field.versions().contains(version)) continue;
            Object value = struct.get(i);
            if (field.array()) array(field, (List<?>) value, version, output);
            else single(field, value, version, output);
        }
    }

    private static void array(Field field, @Nullable List<?> elements, int version, Bytes output) {
        if (elements == null) {
            checkNullable(field, version);
            output.put32(-1);
            return;
        }
        output.put32(elements.size());
        for (Object element : elements) single(field, element, version, output);
    }

    private static void single(Field field, @Nullable Object value, int version, Bytes output) {
        if (value == null) checkNullable(field, version);
        switch (field.type()) {
            case BOOL -> output.put8(Boolean.TRUE.equals(value) ? 1 : 0);
            case INT8 -> output.put8((int) number(field, value));
            case INT16 -> output.put16((int) number(field, value));
            case INT32 -> output.put32((int) number(field, value));
            case INT64 -> output.put64(number(field, value));
            case STRING -> text((String) value, output);
            case BYTES -> bytes(value, output);
            case STRUCT -> {
                if (value instanceof Struct struct) write(struct, version, output);
            }
        }
    }

    private static long number(Field field, @Nullable Object value) {
        if (value instanceof Number number) return number.longValue();
        throw new IllegalStateException(field.name() + " is no number: " + value);
    }

    private static void text(@Nullable String text, Bytes output) {
        if (text == null) {
            output.put16(-1);
            return;
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(utf8.length, MOST_TEXT_BYTES);
        output.put16(length).put(ByteBuffer.wrap(utf8, 0, length));
    }

    private static void bytes(@Nullable Object value, Bytes output) {
        switch (value) {
            case null -> output.put32(-1);
            case Records records -> {
                output.put32(records.bytes());
                records.writeTo(output);
            }
            case ByteBuffer buffer -> output.put32(buffer.remaining()).put(buffer);
            default -> throw new IllegalStateException("no bytes: " + value.getClass());
        }
    }

    private static void checkNullable(Field field, int version) {
        if (!field.nullable().contains(version))
            throw new IllegalStateException(field.name() + " is null in version " + version);
    }
}
