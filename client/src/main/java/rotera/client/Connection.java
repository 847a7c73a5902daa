package rotera.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;

/**
 * A socket. The channel does not block: an interrupt closes blocking channels, and a non-blocking
 * one can be waited for with a time limit, and be woken. One thread at a time waits and reads; who
 * writes sees to it that nobody else does.
 */
final class Connection implements AutoCloseable {
    // A server that has vanished without a word is noticed after about 10 + 3 * 3 seconds.
    private static final int KEEP_IDLE_SECONDS = 10;
    private static final int KEEP_INTERVAL_SECONDS = 3;
    private static final int KEEP_COUNT = 3;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final ReceiveBuffer received;
    private boolean ready; // written and read by the thread that waits

    private Connection(InetSocketAddress address, int bufferBytes, long deadline)
            throws IOException {
        received = new ReceiveBuffer(bufferBytes);
        channel = SocketChannel.open();
        Selector opened = null;
        try {
            opened = Selector.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            keepAlive(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_IDLE_SECONDS);
            keepAlive(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_INTERVAL_SECONDS);
            keepAlive(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_COUNT);
            selector = opened;
            if (channel.connect(address)) {
                key = channel.register(selector, SelectionKey.OP_READ);
            } else {
                key = channel.register(selector, SelectionKey.OP_CONNECT);
                while (!channel.finishConnect()) awaitShielded(deadline);
                key.interestOps(SelectionKey.OP_READ);
            }
        } catch (Throwable e) {
            channel.close();
            if (opened != null) opened.close();
            throw e;
        }
    }

    private void keepAlive(java.net.SocketOption<Integer> option, int value) throws IOException {
        if (channel.supportedOptions().contains(option)) channel.setOption(option, value);
    }

    /** Tries the addresses of a host one after the other. */
    static Connection open(String host, int port, int bufferBytes, long deadline)
            throws IOException {
        IOException failure = null;
        for (InetAddress address : InetAddress.getAllByName(host)) {
            try {
                return new Connection(new InetSocketAddress(address, port), bufferBytes, deadline);
            } catch (IOException e) {
                if (failure == null) failure = e;
                else failure.addSuppressed(e);
            }
        }
        throw failure == null ? new IOException(host + " has no address") : failure;
    }

    ReceiveBuffer received() {
        return received;
    }

    /** Writes to it take what the socket takes, without waiting. */
    GatheringByteChannel channel() {
        return channel;
    }

    /** Reads what has come, without waiting; false if nothing has. */
    boolean read() throws IOException {
        return received.read(channel);
    }

    /**
     * Waits until something has come, or the socket takes more, if that is asked for. False if it
     * was woken, the thread was interrupted, or the time is over.
     */
    boolean await(boolean orWritable, long nanos) throws IOException {
        int interest = SelectionKey.OP_READ | (orWritable ? SelectionKey.OP_WRITE : 0);
        try {
            if (key.interestOps() != interest) key.interestOps(interest);
            return select(nanos);
        } catch (java.nio.channels.CancelledKeyException
                | java.nio.channels.ClosedSelectorException e) {
            throw new IOException("the connection was closed", e);
        }
    }

    private boolean select(long nanos) throws IOException {
        ready = false;
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos + 999_999));
        int _ = selector.select(selected -> ready = true, millis);
        return ready;
    }

    /** Lets a thread return from its wait. */
    void wake() {
        selector.wakeup();
    }

    /** Waits; an interrupt is kept for later. */
    private void awaitShielded(long deadline) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                long left = deadline - System.nanoTime();
                if (left <= 0) throw new SocketTimeoutException("no answer in time");
                if (select(left)) return;
                if (!channel.isOpen()) throw new IOException("the connection was closed");
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    /** Writes all of it; for a connection that is not shared yet. */
    void send(ByteBuffer buffer, long deadline) throws IOException {
        while (channel.write(buffer) >= 0 && buffer.hasRemaining()) {
            key.interestOps(SelectionKey.OP_WRITE);
            awaitShielded(deadline);
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    /** Waits for a whole frame; for a connection that is not shared yet. */
    void receiveFrame(long deadline) throws IOException {
        while (!received.hasFrame()) receiveMore(deadline);
    }

    /** Waits for more bytes; for a connection that is not shared yet. */
    void receiveMore(long deadline) throws IOException {
        while (!read()) awaitShielded(deadline);
    }

    @Override
    public void close() {
        try {
            channel.close();
            selector.close(); // wakes who waits
        } catch (IOException e) {
            // Nothing more can be done with it, and nothing has to be.
        }
    }
}
