package rotera.compare.contender;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A server that speaks Kafka's protocol, driven by Kafka's clients. */
abstract class KafkaSpeaking implements Contender {
    final Setup setup;
    private @Nullable ServerProcess server;
    private @Nullable KafkaClients clients;

    KafkaSpeaking(Setup setup) {
        this.setup = setup;
    }

    /** Waits until the server has made the topics. */
    void begin(ServerProcess started, int port, KafkaClients.TopicSettings topics)
            throws Exception {
        server = started;
        KafkaClients made = new KafkaClients(setup, port);
        clients = made;
        started.await(() -> {
            made.createTopics(topics);
            return made;
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
