package rotera.cli;

/** The exit codes of all commands, as the help of {@code rotera} lists them. */
final class Exit {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    /** Done, but for messages that are too large for the queue. */
    static final int SKIPPED = 3;

    /** Whoever read the output went away; 128 + SIGPIPE, as the shell says of other programs. */
    static final int PIPE_CLOSED = 141;

    private Exit() {}
}
