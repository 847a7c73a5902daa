package rotera.kafka.wire;

/** What a client asked for is not done, with the reason that it is told. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public final Errors error;

    public ApiException(Errors error, String message) {
        super(message, null, false, false);
        this.error = error;
    }
}
