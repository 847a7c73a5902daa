package rotera.kafka;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.Envelope;
import rotera.queue.Messages;
import rotera.queue.RotFile;
import rotera.server.Server;
import rotera.server.ServerOptions;

/** A server with a listener for Kafka programs, on free ports. */
final class Broker implements AutoCloseable {
    final Path directory;
    private final KafkaOptions options;
    private final Limits limits;
    private Server server;
    private KafkaListener listener;
    private final RequestRecorder recorder = new RequestRecorder();

    Broker(Path directory) throws IOException {
        this(directory, KafkaOptions.of("127.0.0.1", 0), Limits.DEFAULT);
    }

    Broker(Path directory, KafkaOptions options, Limits limits) throws IOException {
        this.directory = directory;
        this.options = options;
        this.limits = limits;
        server = Server.start(ServerOptions.of(directory).withPort(0));
        listener = recorder.start(server, options, limits);
    }

    /** Makes the file of a queue; served once there is a server. */
    static void make(Path directory, long number, String name, long bytes) {
        Path file = directory.resolve(number + ".rot");
        if (Files.notExists(file)) RotFile.create(file, CreateOptions.ofSize(bytes).withName(name));
    }

    Server server() {
        return server;
    }

    KafkaListener listener() {
        return listener;
    }

    String address() {
        return "127.0.0.1:" + port();
    }

    /** What clients connect to. */
    int port() {
        return recorder.port(listener);
    }

    RotFile file(long number) {
        return server.queue(number).orElseThrow().file();
    }

    /** Stops both and starts them on the same files; the ports change. */
    void restart() throws IOException {
        close();
        server = Server.start(ServerOptions.of(directory).withPort(0));
        listener = recorder.start(server, options, limits);
    }

    void push(long number, String... messages) {
        try (Batch batch = new Batch()) {
            for (String message : messages) batch.add(message);
            file(number).push(batch);
            file(number).commit();
        }
    }

    /** A message as native clients see it. */
    record Message(long id, long timeMillis, Envelope envelope, String text) {}

    List<Message> read(long number) {
        List<Message> result = new ArrayList<>();
        try (Messages messages = new Messages()) {
            long id = 0;
            while (file(number).read(id, 1000, messages) > 0) {
                while (messages.next())
                    result.add(
                            new Message(
                                    messages.id(),
                                    messages.timeMillis(),
                                    messages.envelope(),
                                    new String(messages.toByteArray(), StandardCharsets.UTF_8)));
                id = messages.nextId();
            }
        }
        return result;
    }

    List<String> texts(long number) {
        return read(number).stream().map(Message::text).toList();
    }

    /** What a map must have. */
    static <K, V> V of(Map<K, V> map, K key) {
        return Objects.requireNonNull(map.get(key), () -> "nothing for " + key);
    }

    @Override
    public void close() {
        listener.close();
        server.close();
    }
}
