package rotera.kafka.wire;

/** A range of versions of a message, both ends included. */
public record Versions(int first, int last) {
    public static final Versions ALL = new Versions(0, Short.MAX_VALUE);
    public static final Versions NONE = new Versions(0, -1);

    /** {@code 3}, {@code 1-4} or {@code 3+}. */
    public static Versions parse(String text) {
        if (text.endsWith("+"))
            return new Versions(
                    Integer.parseInt(text.substring(0, text.length() - 1)), Short.MAX_VALUE);
        int dash = text.indexOf('-');
        if (dash < 0) return new Versions(Integer.parseInt(text), Integer.parseInt(text));
        return new Versions(
                Integer.parseInt(text.substring(0, dash)),
                Integer.parseInt(text.substring(dash + 1)));
    }

    public boolean contains(int version) {
        return version >= first && version <= last;
    }
}
