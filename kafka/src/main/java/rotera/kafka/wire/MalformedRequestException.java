package rotera.kafka.wire;

/** What came is not a request of the protocol, or asks for more than is allowed. */
public final class MalformedRequestException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public MalformedRequestException(String message) {
        super(message);
    }
}
