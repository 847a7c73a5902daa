package rotera.cli.text;

/** What ends a message in the input of a push. */
public enum Separator {
    LINE_END('\n', "line"),
    NUL(0, "message"),

    /** Only the end of the input: it is one message. */
    NONE(-1, "message");

    /** The byte; -1 for none. */
    public final int value;

    private final String unit;

    Separator(int value, String unit) {
        this.value = value;
        this.unit = unit;
    }

    /** How people find a part of their input again. */
    public String describe(long first, long last) {
        if (this == NONE) return "the input";
        return first == last ? unit + " " + first : unit + "s " + first + " to " + last;
    }
}
