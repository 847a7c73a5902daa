package rotera.kafka;

import java.io.IOException;
import java.nio.file.Path;
import rotera.queue.CreateOptions;
import rotera.server.HostedQueue;
import rotera.server.Server;
import rotera.server.ServerOptions;

/** A server with a listener for Kafka clients, which find it again after a restart. */
final class TestServer implements AutoCloseable {
    private final Path directory;
    private Server server;
    private KafkaListener listener;
    private int port;
    private final RequestRecorder recorder = new RequestRecorder();

    private TestServer(Path directory) throws IOException {
        this.directory = directory;
        server = Server.start(ServerOptions.of(directory).withPort(0));
        listener = listen(0);
    }

    static TestServer start(Path directory) throws IOException {
        return new TestServer(directory);
    }

    private KafkaListener listen(int port) throws IOException {
        return recorder.start(server, KafkaOptions.of("127.0.0.1", port), Limits.DEFAULT);
    }

    String address() {
        return "127.0.0.1:" + recorder.port(listener);
    }

    void createTopic(String name) {
        server.create(CreateOptions.ofSize(1 << 20).withName(name));
    }

    void deleteTopic(String name) throws InterruptedException {
        for (HostedQueue queue : server.queues())
            if (queue.file().name().orElse("").equals(name)) server.delete(queue);
    }

    /** Stops and starts, on the same port. */
    void restart() throws IOException {
        stop();
        startAgain();
    }

    void stop() {
        port = listener.port();
        close();
    }

    void startAgain() throws IOException {
        server = Server.start(ServerOptions.of(directory).withPort(0));
        listener = listen(port);
    }

    @Override
    public void close() {
        listener.close();
        server.close();
    }
}
