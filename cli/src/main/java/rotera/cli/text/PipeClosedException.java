package rotera.cli.text;

/** Whoever read our output has gone, as in {@code rotera read 55 | head -1}: no error. */
public final class PipeClosedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public PipeClosedException(Throwable cause) {
        super(cause);
    }
}
