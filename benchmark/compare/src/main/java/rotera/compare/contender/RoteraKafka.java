package rotera.compare.contender;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code rotera server --kafka} as its launcher starts it, driven by the clients of Kafka exactly
 * as Kafka is. It has one durability: an acknowledgement is given after a sync.
 */
final class RoteraKafka implements Contender {
    private final Setup setup;
    private @Nullable ServerProcess server;
    private @Nullable KafkaClients clients;

    RoteraKafka(Setup setup) {
        this.setup = setup;
    }

    @Override
    public void start() throws Exception {
        int port = ServerProcess.freePort();
        Path files = Files.createDirectories(setup.directory().resolve("queues"));
        List<String> command =
                List.of(
                        setup.root().resolve("rotera").toString(),
                        "server",
                        "--dir",
                        files.toString(),
                        "--port",
                        String.valueOf(ServerProcess.freePort()),
                        "--kafka",
                        String.valueOf(port));
        server = ServerProcess.start(setup.directory(), Map.of(), command);
        KafkaClients started = new KafkaClients(setup, port);
        clients = started;
        server.await(() -> {
            started.createTopics(
                    queue -> Map.of("rotera.size", (setup.roomBytes(queue) >> 20) + "MiB"));
            return started;
        });
    }

    @Override
    public Producer producer(int queue) {
        return running().producer(queue);
    }

    @Override
    public void read(int queue, Receiver receiver) {
        running().read(queue, receiver);
    }

    private KafkaClients running() {
        return Objects.requireNonNull(clients, "not started");
    }

    @Override
    public List<ProcessHandle> processes() {
        return server == null ? List.of() : server.handles();
    }

    @Override
    public void close() throws Exception {
        if (clients != null) clients.close();
        if (server != null) server.stop();
    }
}
