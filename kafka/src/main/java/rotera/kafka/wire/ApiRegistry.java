package rotera.kafka.wire;

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
import rotera.kafka.wire.Schema.Field;

/** All messages, as {@code messages.txt} describes them. */
public final class ApiRegistry {
    private static final Map<Short, Api> BY_KEY = new LinkedHashMap<>();
    private static final Map<String, Api> BY_NAME = new LinkedHashMap<>();

    static {
        for (Api api : parse(text())) {
            BY_KEY.put(api.key(), api);
            BY_NAME.put(api.name(), api);
        }
    }

    private ApiRegistry() {}

    public static @Nullable Api ofKey(short key) {
        return BY_KEY.get(key);
    }

    public static Api named(String name) {
        Api api = BY_NAME.get(name);
        if (api == null) throw new IllegalArgumentException("there is no API " + name);
        return api;
    }

    public static Collection<Api> all() {
        return BY_KEY.values();
    }

    private static String text() {
        try (InputStream file = ApiRegistry.class.getResourceAsStream("messages.txt")) {
            if (file == null) throw new IllegalStateException("messages.txt is missing");
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- the notation

    /** A line without its comment: how far it is indented, and its words. */
    private record Line(int depth, List<String> words) {
        String word(int index) {
            return index < words.size() ? words.get(index) : "";
        }
    }

    public static List<Api> parse(String text) {
        List<Line> lines = new ArrayList<>();
        for (String whole : text.lines().toList()) {
            String line = whole.replaceFirst("#.*", "");
            if (line.isBlank()) continue;
            int spaces = line.length() - line.stripLeading().length();
            lines.add(new Line(spaces / 2, List.of(line.strip().split(" +", -1))));
        }
        List<Api> apis = new ArrayList<>();
        for (int at = 0; at < lines.size(); ) {
            Line api = lines.get(at++);
            at++; // "request"
            List<Field> request = new ArrayList<>();
            at = fields(lines, at, 1, request);
            at++; // "response"
            List<Field> response = new ArrayList<>();
            at = fields(lines, at, 1, response);
            apis.add(
                    new Api(
                            api.word(1),
                            Short.parseShort(api.word(2)),
                            Versions.parse(api.word(3)),
                            new Schema(request),
                            new Schema(response)));
        }
        return apis;
    }

    /** Takes the fields of this depth; returns the line behind them. */
    private static int fields(List<Line> lines, int from, int depth, List<Field> into) {
        int at = from;
        while (at < lines.size() && lines.get(at).depth >= depth) {
            Line line = lines.get(at++);
            List<Field> below = new ArrayList<>();
            at = fields(lines, at, depth + 1, below);
            into.add(field(line, below));
        }
        return at;
    }

    private static Field field(Line line, List<Field> below) {
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
                type.isEmpty() ? new Schema(below) : null);
    }
}
