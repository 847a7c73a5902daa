package rotera.cli.text;

/** Emphasis on a terminal; elsewhere, and where it is not wanted, plain text. */
public enum Style {
    BOLD("1"),
    FAINT("2"),
    RED("31"),
    GREEN("32"),
    YELLOW("33"),
    BLUE("34");

    private static final boolean WANTED =
            Terminal.isStandardOutput()
                    && System.getenv("NO_COLOR") == null
                    && !"dumb".equals(System.getenv("TERM"));

    private final String code;

    Style(String code) {
        this.code = code;
    }

    public String of(String text) {
        return WANTED && !text.isEmpty() ? "\033[" + code + "m" + text + "\033[0m" : text;
    }
}
