package rotera.cli;

/** Numbers of things, in words. */
final class Counted {
    private Counted() {}

    /** {@code 1 message}, {@code 2 messages}. */
    static String of(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** {@code id 7}, {@code ids 7 to 9}, {@code no ids}. */
    static String ids(long first, long next) {
        if (next <= first) return "no ids";
        return next - first == 1 ? "id " + first : "ids " + first + " to " + (next - 1);
    }
}
