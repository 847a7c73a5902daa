package rotera.compare.contender;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** All systems that can be compared, in the order of the tables. */
public enum Contenders {
    ROTERA(
            "Rotera server",
            Kind.SERVER,
            "fsync every 10 ms",
            "fsync before ack",
            64,
            "",
            RoteraServer::new),
    KAFKA("Apache Kafka", Kind.SERVER, "page cache", "fsync before ack", 64, "", Kafka::new),
    KAFKA_TIGHT(
            "Apache Kafka, tight settings",
            Kind.SERVER,
            "page cache",
            "",
            64,
            "",
            setup -> new Kafka(setup, true)),
    NATS("NATS JetStream", Kind.SERVER, "page cache", "", 3, "nats-server", Nats::new),
    REDIS(
            "Redis Streams",
            Kind.SERVER,
            "fsync every 1 s",
            "fsync before ack",
            1,
            "redis-server",
            Redis::new),
    RABBITMQ("RabbitMQ streams", Kind.SERVER, "page cache", "", 9, "rabbitmq-server", RabbitMq::new),
    ROTERA_FILE(
            "Rotera embedded",
            Kind.EMBEDDED,
            "fsync every 10 ms",
            "fsync before ack",
            0,
            "",
            RoteraFile::new),
    CHRONICLE(
            "Chronicle Queue",
            Kind.EMBEDDED,
            "page cache",
            "fsync before ack",
            0,
            "",
            Chronicle::new),
    AERON("Aeron Archive", Kind.EMBEDDED, "page cache", "fsync before ack", 64, "", Aeron::new),
    SQLITE(
            "SQLite (WAL)",
            Kind.EMBEDDED,
            "fsync at checkpoints",
            "fsync before ack",
            0,
            "",
            Sqlite::new),
    TAPE("square/tape", Kind.EMBEDDED, "fsync before ack", "fsync before ack", 0, "", Tape::new),
    FILE("bare file loop", Kind.BARE, "page cache", "fsync before ack", 0, "", BareFile::new);

    /** What is compared with what. */
    public enum Kind {
        SERVER,
        EMBEDDED,
        BARE
    }

    private final String title;
    private final Kind kind;
    private final String durability;
    private final String durable;
    private final int window;
    private final String program;
    private final Function<Setup, Contender> factory;

    Contenders(
            String title,
            Kind kind,
            String durability,
            String durable,
            int window,
            String program,
            Function<Setup, Contender> factory) {
        this.title = title;
        this.kind = kind;
        this.durability = durability;
        this.durable = durable;
        this.window = window;
        this.program = program;
        this.factory = factory;
    }

    public String title() {
        return title;
    }

    public Kind kind() {
        return kind;
    }

    /** What its acknowledgement promises: by default, or when asked for syncs. */
    public String durability(boolean durable) {
        return durable ? this.durable : durability;
    }

    /** Whether it can acknowledge after a sync. */
    public boolean canBeDurable() {
        return !durable.isEmpty();
    }

    /** How many batches are sent, besides the last one, before the first is waited for. */
    public int window() {
        return window;
    }

    /** How many may send at the same time. */
    public int mostProducers() {
        return this == TAPE ? 1 : 64;
    }

    /** The name on the command line. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<Contenders> of(String id) {
        return Arrays.stream(values()).filter(one -> one.id().equals(id)).findFirst();
    }

    /** The program that it needs and this machine lacks. */
    public Optional<String> missing() {
        if (program.isEmpty()) return Optional.empty();
        boolean found =
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
        return found ? Optional.empty() : Optional.of(program);
    }

    public Contender create(Setup setup) {
        return factory.apply(setup);
    }
}
