package rotera.cli.text;

import java.util.Locale;

/**
 * Writes JSON on one line. Small on purpose: a library would take longer to load than a command
 * takes.
 */
public final class Json {
    private final StringBuilder text = new StringBuilder();
    private boolean first = true;

    public Json beginObject() {
        return begin('{');
    }

    public Json endObject() {
        return end('}');
    }

    public Json beginArray() {
        return begin('[');
    }

    public Json endArray() {
        return end(']');
    }

    /** Name of a member; its value follows. */
    public Json name(String name) {
        value(name);
        text.append(':');
        first = true;
        return this;
    }

    public Json value(String value) {
        next();
        text.append('"');
        for (int i = 0; i < value.length(); i++) escape(value.charAt(i));
        text.append('"');
        return this;
    }

    public Json value(long value) {
        next();
        text.append(value);
        return this;
    }

    /** To one decimal place. */
    public Json value(double value) {
        next();
        text.append(String.format(Locale.ROOT, "%.1f", value));
        return this;
    }

    public Json nothing() {
        next();
        text.append("null");
        return this;
    }

    private Json begin(char bracket) {
        next();
        text.append(bracket);
        first = true;
        return this;
    }

    private Json end(char bracket) {
        text.append(bracket);
        first = false;
        return this;
    }

    private void next() {
        if (!first) text.append(',');
        first = false;
    }

    /** Controls have to be escaped; the others are, so that a terminal shows what is there. */
    private void escape(char c) {
        switch (c) {
            case '"' -> text.append("\\\"");
            case '\\' -> text.append("\\\\");
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            default -> {
                boolean plain = c >= ' ' && c < 0x7f;
                if (plain || (c > 0x9f && Character.getType(c) != Character.FORMAT)) text.append(c);
                else text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
