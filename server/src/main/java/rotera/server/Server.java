package rotera.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import rotera.queue.RotFile;

/**
 * Serves every file {@code NUMBER.rot} of a directory over TCP (docs/protocol.md), also those that
 * come while it runs. A file that cannot be opened is logged and set aside.
 *
 * <p>What a client was told is committed survives any crash. Nobody waits for another queue's disk,
 * for a slow client, or for one that has vanished. Memory is bounded whatever clients announce.
 * What is wrong is told to the {@link System.Logger} named {@code rotera.server}. Thread-safe.
 */
public final class Server implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final long CLOSE_MILLIS = 5_000;

    private final Log log = new Log();
    private final ServerSocketChannel listener;
    private final int port;
    private final Loop loop;
    private final QueueDirectory directory;
    private boolean closed;

    private Server(ServerOptions options, Function<Path, RotFile> open, Limits limits)
            throws IOException {
        if (!Files.isDirectory(options.directory()))
            throw new NotDirectoryException(options.directory() + " is not a directory");
        InetAddress host = InetAddress.getByName(options.host());
        if (!host.isLoopbackAddress())
            log.warn(
                    "listening on "
                            + host.getHostAddress()
                            + ": whoever reaches it can read and push, nothing is encrypted");
        listener = ServerSocketChannel.open();
        try {
            listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            bind(listener, new InetSocketAddress(host, options.port()));
            port = listener.socket().getLocalPort();
            loop = new Loop(listener, options.autoCommit().map(Duration::toNanos), limits, log);
            directory = new QueueDirectory(options.directory(), open, loop::add, log);
        } catch (Throwable e) {
            listener.close();
            throw e;
        }
    }

    private static void bind(ServerSocketChannel listener, InetSocketAddress address)
            throws IOException {
        try {
            listener.bind(address, BACKLOG);
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen on "
                            + address.getAddress().getHostAddress()
                            + " port "
                            + address.getPort()
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /**
     * Opens the queues, binds the port and serves until {@link #close}.
     *
     * @throws IOException if the directory cannot be read or the port cannot be bound
     */
    public static Server start(ServerOptions options) throws IOException {
        return start(options, RotFile::open, Limits.DEFAULT);
    }

    /** Opens the files in another way, or allows less, for tests. */
    static Server start(ServerOptions options, Function<Path, RotFile> open, Limits limits)
            throws IOException {
        Server server = new Server(options, open, limits);
        server.directory.start();
        server.loop.start();
        return server;
    }

    /** The port that is listened on. */
    public int port() {
        return port;
    }

    /**
     * Stops accepting, tells the clients, commits what was pushed, and lets go of the queues.
     * Returns within seconds. Does nothing the second time.
     */
    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        try {
            loop.stop();
            directory.close(CLOSE_MILLIS);
        } catch (IOException e) {
            log.warn("cannot stop as it should be: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
