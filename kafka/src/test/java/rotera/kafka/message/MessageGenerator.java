package rotera.kafka.message;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Schema.Field;

/**
 * Makes the classes of the messages from {@code messages.txt}: one file for each API, with its
 * request, its response and their elements, and {@code MessageTypes}, which makes empty ones.
 */
final class MessageGenerator {
    private static final Map<String, String> IMPORTS =
            Map.of(
                    "ByteBuffer", "java.nio.ByteBuffer",
                    "List", "java.util.List",
                    "@Nullable", "org.jspecify.annotations.Nullable",
                    "Api", "rotera.kafka.wire.Api",
                    "Errors", "rotera.kafka.wire.Errors",
                    "Records", "rotera.kafka.wire.Records",
                    "Schema", "rotera.kafka.wire.Schema",
                    "Struct", "rotera.kafka.wire.Struct");

    private final List<String> types = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private Set<String> names = Set.of();

    /** The text of each class by its name, not formatted. */
    static Map<String, String> classes() {
        MessageGenerator generator = new MessageGenerator();
        Map<String, String> classes = new TreeMap<>();
        for (Api<?, ?> api : ApiRegistry.all()) classes.put(api.name(), generator.api(api));
        classes.put("MessageTypes", generator.messageTypes());
        return classes;
    }

    private String api(Api<?, ?> api) {
        text.setLength(0);
        line("/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */");
        line("@SuppressWarnings(\"SameNameButDifferent\") // of request and response");
        line("public final class %s {", api.name());
        line("public static final Api<Request, Response> API = ApiRegistry.typed(%d);", api.key());
        line("private %s() {}", api.name());
        for (String message : List.of("Request", "Response")) {
            names = new HashSet<>();
            struct(
                    api.name() + ".",
                    message,
                    message.equals("Request") ? api.request() : api.response());
        }
        line("}");
        return withImports();
    }

    /** The class of a struct, and behind it those of its elements. */
    private void struct(String outer, String name, Schema schema) {
        if (!names.add(name)) throw new IllegalStateException(outer + " has two " + name);
        if (schema.type() != types.size()) throw new IllegalStateException("types are in order");
        types.add(outer + name);
        line("public static final class %s extends Struct {", name);
        line("%s(Schema schema) { super(schema); }", name);
        for (int i = 0; i < schema.fields().size(); i++) field(name, i, schema.fields().get(i));
        boolean nests = outer.indexOf('.') == outer.length() - 1;
        if (!nests) line("}");
        String inside = nests ? outer + name + "." : outer;
        for (Field field : schema.fields())
            if (field.type() == Schema.Type.STRUCT)
                struct(inside, elementName(field), field.elementSchema());
        if (nests) line("}");
    }

    private void field(String owner, int index, Field field) {
        String name = field.name();
        boolean nullable = field.nullable().last() >= 0;
        if (field.array()) {
            array(owner, index, field, nullable);
            return;
        }
        String mark = nullable ? "@Nullable " : "";
        switch (field.type()) {
            case BOOL -> {
                line("public boolean %s() { return bool(%d); }", name, index);
                setter(owner, index, name, "boolean value", "value");
            }
            case INT8, INT16, INT32 -> {
                line("public int %s() { return int32(%d); }", name, index);
                if (name.equals("errorCode"))
                    setter(owner, index, name, "Errors error", "(long) error.code");
                else setter(owner, index, name, "int value", "(long) value");
            }
            case INT64 -> {
                line("public long %s() { return int64(%d); }", name, index);
                setter(owner, index, name, "long value", "value");
            }
            case STRING -> {
                line(
                        "public %sString %s() { return %s(%d); }",
                        mark, name, nullable ? "nullableText" : "text", index);
                setter(owner, index, name, mark + "String value", "value");
            }
            case BYTES -> {
                line(
                        "public %sByteBuffer %s() { return %s(%d); }",
                        mark, name, nullable ? "nullableBytes" : "bytes", index);
                setter(owner, index, name, "byte[] value", "ByteBuffer.wrap(value)");
                if (name.equals("records")) setter(owner, index, name, "Records value", "value");
            }
            case STRUCT -> throw new IllegalStateException(name + " is no array");
        }
    }

    private void array(String owner, int index, Field field, boolean nullable) {
        String name = field.name();
        String element =
                switch (field.type()) {
                    case STRUCT -> elementName(field);
                    case STRING -> "String";
                    case BOOL, INT8, INT16, INT32, INT64 -> "Long";
                    case BYTES -> throw new IllegalStateException("an array of bytes: " + name);
                };
        line("public List<%s> %s() { return list(%d); }", element, name, index);
        if (nullable) line("public boolean has%s() { return !isNull(%d); }", capital(name), index);
        if (field.type() == Schema.Type.STRUCT)
            line("public %s add%s() { return (%s) add(%d); }", element, element, element, index);
        else setter(owner, index, name, "List<" + element + "> value", "value");
    }

    private void setter(String owner, int index, String name, String parameter, String value) {
        line("public %s %s(%s) {", owner, name, parameter);
        line("put(%d, %s);", index, value);
        line("return this;");
        line("}");
    }

    private String messageTypes() {
        text.setLength(0);
        line("/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */");
        line("final class MessageTypes {");
        line("private MessageTypes() {}");
        line("static Struct create(int type, Schema schema) {");
        line("return switch (type) {");
        for (int i = 0; i < types.size(); i++) line("case %d -> new %s(schema);", i, types.get(i));
        line("default -> throw new IllegalArgumentException(\"type \" + type);");
        line("};");
        line("}");
        line("}");
        return withImports();
    }

    /** One element of an array: topics, directories. */
    private static String elementName(Field field) {
        String name = capital(field.name());
        return name.endsWith("ies")
                ? name.substring(0, name.length() - 3) + "y"
                : name.substring(0, name.length() - 1);
    }

    private static String capital(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation is of a library
    private void line(String format, Object... arguments) {
        text.append(format.formatted(arguments)).append('\n');
    }

    private String withImports() {
        String body = text.toString();
        String imports =
                IMPORTS.entrySet().stream()
                        .filter(each -> body.matches("(?s).*(?<!\\w)" + each.getKey() + "\\b.*"))
                        .map(each -> "import " + each.getValue() + ";\n")
                        .sorted()
                        .reduce("", String::concat);
        return "package rotera.kafka.message;\n\n" + imports + "\n" + body;
    }
}
