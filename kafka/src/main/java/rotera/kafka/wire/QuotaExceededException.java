package rotera.kafka.wire;

/** All the memory that connections may take together is taken. */
public final class QuotaExceededException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public QuotaExceededException(String message) {
        super(message);
    }
}
