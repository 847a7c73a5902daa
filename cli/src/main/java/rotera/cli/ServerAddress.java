package rotera.cli;

import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;
import rotera.client.Rotera;
import rotera.protocol.QueueInfo;

/** Where the server is whose queues are listed. */
final class ServerAddress {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = Address.DEFAULT_PORT,
            converter = WholeNumber.PortConverter.class,
            description = "Port of the server (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = Address.DEFAULT_HOST,
            description = "Host of the server (default: ${DEFAULT-VALUE}).")
    private String host;

    int port() {
        return port;
    }

    String host() {
        return host;
    }

    List<QueueInfo> queues(Duration timeout) {
        return Rotera.queues(host, port, timeout);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
