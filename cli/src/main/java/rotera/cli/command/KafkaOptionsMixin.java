package rotera.cli.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import rotera.cli.queues.Address;
import rotera.cli.text.ByteSize;
import rotera.cli.text.CommandException;
import rotera.cli.text.WholeNumber;
import rotera.kafka.KafkaOptions;
import rotera.server.Server;

/** Whether a server also listens for Kafka programs, and where. Loads their code only then. */
final class KafkaOptionsMixin {
    @Option(
            names = "--kafka",
            paramLabel = "[HOST:]PORT",
            converter = Listening.Converter.class,
            description = "Also listen for Kafka programs; 9092 is usual.")
    private @Nullable Listening listening;

    @Option(
            names = "--kafka-advertise",
            paramLabel = "HOST:PORT",
            converter = Listening.Converter.class,
            description = "Where Kafka programs are told to connect to.")
    private @Nullable Listening advertised;

    @Option(
            names = "--kafka-topic-size",
            paramLabel = "SIZE",
            defaultValue = "64MiB",
            converter = ByteSize.Converter.class,
            description = "Size of topics that Kafka programs create (default: ${DEFAULT-VALUE}).")
    private ByteSize topicSize;

    @Option(
            names = "--kafka-max-topic-size",
            paramLabel = "SIZE",
            defaultValue = "1GiB",
            converter = ByteSize.Converter.class,
            description = "The largest that they may ask for (default: ${DEFAULT-VALUE}).")
    private ByteSize mostTopicSize;

    @Option(
            names = "--kafka-auto-create",
            description = "Create a topic when a Kafka program asks about it.")
    private boolean autoCreate;

    /** Where to listen; without a host on this machine only. */
    record Listening(String host, int port) {

        /** For picocli. */
        static final class Converter implements ITypeConverter<Listening> {
            @Override
            public Listening convert(String text) {
                int colon = text.lastIndexOf(':');
                String host = colon < 0 ? Address.DEFAULT_HOST : text.substring(0, colon);
                if (host.isEmpty())
                    throw new TypeConversionException(
                            "'" + text + "' has no host before the colon: 9092 or 0.0.0.0:9092");
                String bare =
                        host.startsWith("[") && host.endsWith("]")
                                ? host.substring(1, host.length() - 1)
                                : host;
                return new Listening(
                        bare, (int) WholeNumber.parse(text.substring(colon + 1), 0, 65_535));
            }
        }
    }

    /** Prepares it if it was asked for; null if not. To be closed before the server. */
    @Nullable KafkaPort open(Server server) {
        Listening where = listening;
        if (where == null) return null;
        try {
            KafkaOptions options =
                    KafkaOptions.of(where.host, where.port)
                            .withTopicBytes(topicSize.bytes(), mostTopicSize.bytes());
            if (autoCreate) options = options.withAutoCreate();
            if (advertised != null)
                options = options.withAdvertised(advertised.host, advertised.port);
            return KafkaPort.open(server, options);
        } catch (IllegalArgumentException e) {
            throw new CommandException("--kafka-topic-size: " + e.getMessage(), e);
        }
    }
}
