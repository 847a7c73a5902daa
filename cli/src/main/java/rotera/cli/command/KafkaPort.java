package rotera.cli.command;

import java.io.IOException;
import rotera.cli.text.CommandException;
import rotera.kafka.KafkaListener;
import rotera.kafka.KafkaOptions;
import rotera.server.Server;

/** The listener for Kafka programs of a server. Names no class of it where picocli looks. */
final class KafkaPort implements AutoCloseable {
    private final KafkaListener listener;
    private final String host;
    private final int port;

    private KafkaPort(KafkaListener listener, KafkaOptions options) {
        this.listener = listener;
        this.host = options.host();
        this.port = options.port();
    }

    /** Prepares everything but the port. */
    static KafkaPort open(Server server, KafkaOptions options) {
        try {
            return new KafkaPort(KafkaListener.open(server, options), options);
        } catch (IOException e) {
            throw new CommandException("cannot serve Kafka programs: " + e.getMessage(), e);
        }
    }

    void listen() {
        try {
            listener.listen();
        } catch (IOException e) {
            throw new CommandException(
                    "cannot listen for Kafka programs on port %d of %s: %s; choose another with --kafka"
                            .formatted(port, host, e.getMessage()),
                    e);
        }
    }

    @Override
    public String toString() {
        return host + ":" + listener.port();
    }

    @Override
    public void close() {
        listener.close();
    }
}
