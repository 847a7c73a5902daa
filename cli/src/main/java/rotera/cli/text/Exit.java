package rotera.cli.text;

/** The exit codes of all commands, as the help of {@code rotera} lists them. */
public final class Exit {
    public static final int OK = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;

    /** Done, but for messages that are too large for the queue. */
    public static final int SKIPPED = 3;

    /** Whoever read the output went away; 128 + SIGPIPE, as the shell says of other programs. */
    public static final int PIPE_CLOSED = 141;

    private Exit() {}
}
