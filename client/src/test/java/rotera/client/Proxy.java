package rotera.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between a client and a server, and cuts the first connection behind a byte of one of the
 * directions.
 */
final class Proxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;

    /** How many bytes still pass in each direction before the cut. */
    private final AtomicLong up;

    private final AtomicLong down;
    private volatile boolean cut;
    private final AtomicInteger connections = new AtomicInteger();

    Proxy(int target, long upBytes, long downBytes) throws IOException {
        this.target = target;
        up = new AtomicLong(upBytes);
        down = new AtomicLong(downBytes);
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Whether there was a cut. */
    boolean wasCut() {
        return cut;
    }

    /** How many connections were made. */
    int connections() {
        return connections.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                connections.incrementAndGet();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                Thread.ofPlatform().daemon().start(() -> copy(client, server, up));
                Thread.ofPlatform().daemon().start(() -> copy(server, client, down));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void copy(Socket from, Socket to, AtomicLong allowed) {
        byte[] buffer = new byte[4096];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                long left = cut ? Long.MAX_VALUE : allowed.get();
                int passed = (int) Math.min(count, left);
                out.write(buffer, 0, passed);
                if (!cut && allowed.addAndGet(-passed) == 0) {
                    cut = true;
                    return;
                }
            }
        } catch (IOException e) {
            // the other direction has cut it, or an end has gone
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
