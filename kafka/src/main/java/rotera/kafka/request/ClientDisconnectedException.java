package rotera.kafka.request;

/** The client has closed the connection while it was waited for something. */
public final class ClientDisconnectedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ClientDisconnectedException() {
        super("the client has closed the connection", null, false, false);
    }
}
