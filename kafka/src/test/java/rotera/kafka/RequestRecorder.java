package rotera.kafka;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import rotera.server.Server;

/**
 * Stands between clients and a listener, and keeps their requests as inputs of the fuzz tests, if
 * the system property {@code rotera.recordRequests} names a directory for them (docs/testing.md).
 * Else it does nothing.
 */
final class RequestRecorder {
    private final @Nullable RecordedRequests requests;
    private final @Nullable ServerSocket door;
    private volatile int target;

    RequestRecorder() {
        String directory = System.getProperty("rotera.recordRequests");
        if (directory == null) {
            requests = null;
            door = null;
            return;
        }
        try {
            requests = new RecordedRequests(directory);
            door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().start(this::accept);
    }

    KafkaListener start(Server server, KafkaOptions options, Limits limits) throws IOException {
        if (door == null) return KafkaListener.start(server, options, limits);
        KafkaListener listener =
                KafkaListener.start(
                        server, options.withAdvertised("127.0.0.1", door.getLocalPort()), limits);
        target = listener.port();
        return listener;
    }

    /** What clients connect to. */
    int port(KafkaListener listener) {
        return door == null ? listener.port() : door.getLocalPort();
    }

    private void accept() {
        ServerSocket from = door;
        while (from != null) {
            try {
                Socket client = from.accept();
                Thread.ofPlatform().daemon().start(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread.ofPlatform().daemon().start(() -> answers(server, client));
            DataInputStream input = new DataInputStream(client.getInputStream());
            DataOutputStream output = new DataOutputStream(server.getOutputStream());
            while (true) {
                byte[] request = new byte[input.readInt()];
                input.readFully(request);
                if (requests != null) requests.keep(request);
                byte[] frame = new byte[4 + request.length];
                ByteBuffer.wrap(frame).putInt(request.length).put(request);
                output.write(frame);
            }
        } catch (IOException e) {
            // Clients come and go.
        }
    }

    private static void answers(Socket server, Socket client) {
        try (server;
                client) {
            server.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
            // They come and go.
        }
    }
}
