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
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import rotera.queue.CreateOptions;
import rotera.queue.QueueException;
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

    private final Log log = new Log("rotera.server");
    private final Path path;
    private final InetSocketAddress address;
    private final ServerSocketChannel listener;
    private final Loop loop;
    private final QueueDirectory directory;
    private final QueueChanges changes;
    private volatile int port;
    private boolean closed;

    private Server(ServerOptions options, Function<Path, RotFile> open, Limits limits)
            throws IOException {
        if (!Files.isDirectory(options.directory()))
            throw new NotDirectoryException(options.directory() + " is not a directory");
        path = options.directory();
        InetAddress host = InetAddress.getByName(options.host());
        if (!host.isLoopbackAddress())
            log.warn(
                    "listening on "
                            + host.getHostAddress()
                            + ": whoever reaches it can read, push, rename and delete, nothing is encrypted");
        address = new InetSocketAddress(host, options.port());
        listener = ServerSocketChannel.open();
        try {
            listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            loop = new Loop(listener, options.autoCommit().map(Duration::toNanos), limits, log);
            directory = new QueueDirectory(options.directory(), open, loop::add, log);
            loop.lookWith(directory::look);
            loop.explainWith(directory::whyNotServed);
            changes = new QueueChanges(directory, loop::remove, log);
            loop.changeWith(changes);
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
        return open(options).listening();
    }

    /**
     * Opens the queues; clients are served from {@link #listen} on.
     *
     * @throws IOException if the directory cannot be read
     */
    public static Server open(ServerOptions options) throws IOException {
        Resources resources = Resources.ofProcess();
        Limits limits = Limits.of(resources, QueueDirectory.count(options.directory()));
        Server server = new Server(options, RotFile::open, limits);
        limits.lowered(resources).forEach(server.log::info);
        return server;
    }

    /** Opens the files in another way, or allows less, for tests. */
    static Server start(ServerOptions options, Function<Path, RotFile> open, Limits limits)
            throws IOException {
        return new Server(options, open, limits).listening();
    }

    private Server listening() throws IOException {
        try {
            listen();
            return this;
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    /**
     * Binds the port and serves until {@link #close}.
     *
     * @throws IOException if the port cannot be bound; the server has to be closed then
     */
    public synchronized void listen() throws IOException {
        if (closed || port > 0) throw new IllegalStateException("closed, or listening already");
        bind(listener, address);
        port = listener.socket().getLocalPort();
        directory.start();
        loop.start();
    }

    /** Where the files of the queues are. */
    public Path directory() {
        return path;
    }

    /** All queues, by number. */
    public List<HostedQueue> queues() {
        return loop.queues().stream().map(Server::hosted).toList();
    }

    /** The queue of this number, if there is one. */
    public Optional<HostedQueue> queue(long number) {
        if (number < 0 || number > QueueDirectory.MAX_NUMBER) return Optional.empty();
        return Optional.ofNullable(loop.queue((int) number)).map(Server::hosted);
    }

    /**
     * Looks whether files have come that are not served yet. For who is asked for a queue that it
     * does not know; may be called as often as clients like. May take as long as it takes to open
     * them.
     */
    public void look() {
        directory.look();
    }

    /**
     * Makes a queue in the directory, with the lowest number that is free, and serves it. Takes as
     * long as its size needs on the disk.
     *
     * @return empty, and nothing is made, if there is a queue of this name
     * @throws QueueException.StorageException if the file cannot be made
     */
    public Optional<HostedQueue> create(CreateOptions options) {
        return directory.create(OptionalLong.empty(), options).map(Server::hosted);
    }

    /** The same with this number; also empty if that is taken. */
    public Optional<HostedQueue> create(long number, CreateOptions options) {
        if (number < 0 || number > QueueDirectory.MAX_NUMBER)
            throw new IllegalArgumentException(
                    "number=" + number + " is not within 0 and " + QueueDirectory.MAX_NUMBER);
        return directory.create(OptionalLong.of(number), options).map(Server::hosted);
    }

    /**
     * Serves the queue no more and deletes its file with all its messages. Clients get the error
     * for an unknown queue from then on. A file that has taken the place of the queue's stays.
     *
     * @return false if it is not served
     * @throws QueueException.StorageException if the file cannot be deleted; it is served again
     *     after a restart
     */
    public boolean delete(HostedQueue queue) throws InterruptedException {
        return directory.delete((int) queue.number(), queue.file(), loop::remove);
    }

    /**
     * Has every queue told that was deleted, by {@link #delete} or for a client, on the thread that
     * did it.
     */
    public void whenDeleted(Consumer<HostedQueue> listener) {
        directory.whenDeleted(queue -> listener.accept(hosted(queue)));
    }

    private static HostedQueue hosted(ServedQueue queue) {
        return new HostedQueue(
                Integer.toUnsignedLong(queue.number()), queue.file(), queue.elsewhere);
    }

    /** The port that is listened on; 0 before {@link #listen}. */
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
            if (port > 0) loop.stop();
            else listener.close();
            changes.end();
            directory.close(CLOSE_MILLIS);
        } catch (IOException e) {
            log.warn("cannot stop as it should be: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
