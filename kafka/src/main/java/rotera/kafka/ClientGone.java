package rotera.kafka;

/** The client has closed the connection while it was waited for something. */
final class ClientGone extends RuntimeException {
    private static final long serialVersionUID = 1;

    ClientGone() {
        super("the client has closed the connection", null, false, false);
    }
}
