package rotera.cli.text;

/** Numbers of things, in words. */
public final class Plural {
    private Plural() {}

    /** {@code 1 message}, {@code 2 messages}. */
    public static String of(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** {@code id 7}, {@code ids 7 to 9}, {@code no ids}. */
    public static String ids(long first, long next) {
        if (next <= first) return "no ids";
        return next - first == 1 ? "id " + first : "ids " + first + " to " + (next - 1);
    }
}
