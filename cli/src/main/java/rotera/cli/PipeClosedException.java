package rotera.cli;

/** Whoever read our output has gone, as in {@code rotera read 55 | head -1}: no error. */
final class PipeClosedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PipeClosedException(Throwable cause) {
        super(cause);
    }
}
