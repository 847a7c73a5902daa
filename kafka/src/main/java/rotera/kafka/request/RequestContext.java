package rotera.kafka.request;

import java.net.InetSocketAddress;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection that a request came from, for the handler that answers it. The handler runs on the
 * connection's own thread: it may wait, and delays nobody else.
 */
public interface RequestContext {

    /** Where the client is. */
    InetSocketAddress remote();

    /**
     * What the client is told to connect to: where it has reached this server, or what was said.
     */
    InetSocketAddress local();

    /** Memory of the connection, for the answer that is made. */
    ConnectionBuffers buffers();

    /** The newest outcome of this connection that is not completed yet, if there is one. */
    @Nullable Deferred deferred();

    /**
     * Waits until the condition holds, the time is over, or the server stops. The condition is
     * looked at first, and after each {@link #wake}.
     *
     * @return whether it holds
     * @throws ClientDisconnectedException if the client has closed the connection meanwhile
     */
    boolean await(BooleanSupplier condition, long nanos);

    /** Lets {@link #await} look again. From any thread, and quick. */
    void wake();
}
