package rotera.kafka.message;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Schema.Field;
import rotera.kafka.wire.Struct;
import rotera.kafka.wire.Versions;

/** All messages, as {@code messages.txt} describes them. */
public final class ApiRegistry {
    private static final Map<Short, Api<?, ?>> BY_KEY = new LinkedHashMap<>();

    static {
        for (Api<?, ?> api : new Parser().parse(text())) BY_KEY.put(api.key(), api);
    }

    private ApiRegistry() {}

    public static @Nullable Api<?, ?> ofKey(short key) {
        return BY_KEY.get(key);
    }

    public static Collection<Api<?, ?>> all() {
        return BY_KEY.values();
    }

    /** For the classes of this package, which know the types of their messages. */
    @SuppressWarnings("unchecked")
    static <Q extends Struct, R extends Struct> Api<Q, R> typed(int key) {
        Api<?, ?> api = BY_KEY.get((short) key);
        if (api == null) throw new IllegalArgumentException("there is no API " + key);
        return (Api<Q, R>) api;
    }

    private static String text() {
        try (InputStream file = ApiRegistry.class.getResourceAsStream("messages.txt")) {
            if (file == null) throw new IllegalStateException("messages.txt is missing");
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A line without its comment: how far it is indented, and its words. */
    private record Line(int depth, List<String> words) {
        String word(int index) {
            return index < words.size() ? words.get(index) : "";
        }
    }

    /**
     * Reads the notation. Messages and their elements are numbered as {@link MessageTypes} has
     * them.
     */
    private static final class Parser {
        private final List<Line> lines = new ArrayList<>();
        private int at;
        private int types;

        List<Api<?, ?>> parse(String text) {
            for (String whole : text.lines().toList()) {
                String line = whole.replaceFirst("#.*", "");
                if (line.isBlank()) continue;
                int spaces = line.length() - line.stripLeading().length();
                lines.add(new Line(spaces / 2, List.of(line.strip().split(" +", -1))));
            }
            List<Api<?, ?>> apis = new ArrayList<>();
            while (at < lines.size()) {
                Line api = lines.get(at++);
                apis.add(
                        new Api<>(
                                api.word(1),
                                Short.parseShort(api.word(2)),
                                Versions.parse(api.word(3)),
                                message(),
                                message()));
            }
            return apis;
        }

        private Schema message() {
            at++; // "request" or "response"
            return schema(1);
        }

        /** Of the fields of this depth. */
        private Schema schema(int depth) {
            int type = types++;
            List<Field> fields = new ArrayList<>();
            while (at < lines.size() && lines.get(at).depth >= depth) {
                Line line = lines.get(at++);
                fields.add(field(line, depth));
            }
            return new Schema(type, fields, MessageTypes::create);
        }

        private Field field(Line line, int depth) {
            String type = line.word(1);
            Versions versions = line.words.size() > 2 ? Versions.parse(line.word(2)) : Versions.ALL;
            int mark = type.indexOf('?');
            Versions nullable = Versions.NONE;
            if (mark >= 0) {
                String from = type.substring(mark + 1);
                nullable = from.isEmpty() ? Versions.ALL : Versions.parse(from);
                type = type.substring(0, mark);
            }
            boolean array = type.endsWith("[]");
            if (array) type = type.substring(0, type.length() - 2);
            return new Field(
                    line.word(0),
                    type.isEmpty()
                            ? Schema.Type.STRUCT
                            : Schema.Type.valueOf(type.toUpperCase(Locale.ROOT)),
                    array,
                    versions,
                    nullable,
                    type.isEmpty() ? schema(depth + 1) : null);
        }
    }
}
