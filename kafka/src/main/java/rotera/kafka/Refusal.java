package rotera.kafka;

/** What a client asked for is not done, with the reason that it is told. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    final Errors error;

    Refusal(Errors error, String message) {
        super(message, null, false, false);
        this.error = error;
    }
}
