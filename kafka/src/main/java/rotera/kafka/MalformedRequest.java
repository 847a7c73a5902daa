package rotera.kafka;

/** What came is not a request of the protocol, or asks for more than is allowed. */
final class MalformedRequest extends RuntimeException {
    private static final long serialVersionUID = 1;

    MalformedRequest(String message) {
        super(message);
    }
}
