package rotera.kafka;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import rotera.kafka.message.ApiVersions;
import rotera.server.Server;

/**
 * Stands between clients and a listener, and keeps their requests as inputs of the fuzz tests, if
 * the system property {@code rotera.recordRequests} names a directory for them (docs/testing.md).
 * Else it does nothing. With {@code rotera.recordEarlier} it tells each connection of random
 * earlier versions only, so that clients use those.
 */
final class RequestRecorder {
    private static final boolean EARLIER = Boolean.getBoolean("rotera.recordEarlier");

    private final @Nullable RecordedRequests requests;
    private final @Nullable ServerSocket door;
    private volatile int target;

    RequestRecorder() {
        this(System.getProperty("rotera.recordRequests"), 0);
    }

    private RequestRecorder(@Nullable String directory, int port) {
        if (directory == null) {
            requests = null;
            door = null;
            return;
        }
        try {
            requests = new RecordedRequests(directory);
            door = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().start(this::accept);
    }

    /**
     * A recorder in a process of its own, before a server in another.
     *
     * @param arguments the directory, the port to listen at, and that of the server
     */
    public static void main(String[] arguments) throws InterruptedException {
        RequestRecorder recorder =
                new RequestRecorder(arguments[0], Integer.parseInt(arguments[1]));
        recorder.target = Integer.parseInt(arguments[2]);
        new CountDownLatch(1).await();
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
            Set<Integer> askedForVersions = ConcurrentHashMap.newKeySet();
            Thread.ofPlatform().daemon().start(() -> answers(server, client, askedForVersions));
            DataInputStream input = new DataInputStream(client.getInputStream());
            DataOutputStream output = new DataOutputStream(server.getOutputStream());
            while (true) {
                byte[] request = frame(input);
                ByteBuffer view = ByteBuffer.wrap(request);
                if (requests != null) requests.keep(request);
                if (EARLIER && view.getShort(0) == ApiVersions.API.key())
                    askedForVersions.add(view.getInt(4));
                send(request, output);
            }
        } catch (IOException e) {
            // Clients come and go.
        }
    }

    private static void answers(Socket server, Socket client, Set<Integer> askedForVersions) {
        try (server;
                client) {
            DataInputStream input = new DataInputStream(server.getInputStream());
            DataOutputStream output = new DataOutputStream(client.getOutputStream());
            while (true) {
                byte[] answer = frame(input);
                ByteBuffer view = ByteBuffer.wrap(answer);
                if (askedForVersions.remove(view.getInt(0))) lower(view);
                send(answer, output);
            }
        } catch (IOException e) {
            // They come and go.
        }
    }

    /** The latest version of each API in an answer to ApiVersions. */
    private static void lower(ByteBuffer answer) {
        Random random = new Random();
        int count = answer.getInt(6);
        for (int at = 10; at < 10 + 6 * count; at += 6) {
            int earliest = answer.getShort(at + 2);
            int latest = answer.getShort(at + 4);
            answer.putShort(at + 4, (short) random.nextInt(earliest, latest + 1));
        }
    }

    private static byte[] frame(DataInputStream input) throws IOException {
        byte[] frame = new byte[input.readInt()];
        input.readFully(frame);
        return frame;
    }

    private static void send(byte[] frame, DataOutputStream output) throws IOException {
        output.write(ByteBuffer.allocate(4 + frame.length).putInt(frame.length).put(frame).array());
    }
}
