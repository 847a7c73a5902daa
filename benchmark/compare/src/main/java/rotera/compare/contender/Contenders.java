package rotera.compare.contender;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** All systems that can be compared, in the order of the tables. */
@SuppressWarnings("ImmutableEnumChecker") // Nothing in it changes.
public enum Contenders {
    ROTERA(
            "Rotera server",
            Kind.SERVER,
            "fsync every 10 ms",
            "fsync before ack",
            64,
            "",
            RoteraServer::new),
    ROTERA_KAFKA(
            "Rotera server, Kafka's client",
            Kind.SERVER,
            "fsync before ack",
            "fsync before ack",
            64,
            "",
            RoteraKafka::new),
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
    RABBITMQ(
            "RabbitMQ streams", Kind.SERVER, "page cache", "", 9, "rabbitmq-server", RabbitMq::new),
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
        SERVER("servers, over loopback TCP"),
        EMBEDDED("embedded, in the same process or over shared memory"),
        BARE("for comparison");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
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

    /** Whether it is Rotera, in one way or another. */
    public boolean isRotera() {
        return this == ROTERA || this == ROTERA_KAFKA || this == ROTERA_FILE;
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

    /** What was set, and how it is driven. */
    public String settings() {
        return switch (this) {
            case ROTERA ->
                    "as its launcher starts it (-Xmx64m); `--auto-commit 10ms`, or a commit for each batch";
            case ROTERA_KAFKA ->
                    "as its launcher starts it, with `--kafka`; clients and their settings as for Apache Kafka";
            case KAFKA ->
                    "one broker, KRaft; -Xms1g -Xmx1g G1 as its script has it; acks=all, linger 5 ms (0 for single"
                            + " messages), batch.size 1 MiB, one client for all producers; durable: flush.messages=1";
            case KAFKA_TIGHT ->
                    "the same; segment.bytes 32 MiB, log.retention.check.interval.ms=1000, file.delete.delay.ms=100";
            case NATS -> "file storage; publishAsync, 4,000 unacknowledged; ordered push consumer";
            case REDIS ->
                    "append-only file, no snapshots; XADD in pipelines of a batch, two under way; XREAD of up to 1,000;"
                            + " durable: appendfsync always";
            case RABBITMQ ->
                    "stream plugin; client's batches, 10,000 unconfirmed; frames of up to 4 MiB";
            case ROTERA_FILE ->
                    "a commit that is not waited for every 10 ms, or one for each batch";
            case CHRONICLE -> "durable: SyncMode.SYNC and a sync of the appender for each batch";
            case AERON ->
                    "media driver and archive in one process, shared threads; IPC, terms and segments of 64 MiB; durable:"
                            + " sync level 1 of files and catalog; acknowledged when the recording is there";
            case SQLITE ->
                    "WAL, a transaction for each batch, one connection for all producers; synchronous=NORMAL, durable:"
                            + " FULL";
            case TAPE -> "no settings: it always syncs";
            case FILE ->
                    "length and bytes of each message into written blocks, a write for each batch, no checksums";
        };
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
        boolean isThere = program.isEmpty() || Programs.isInstalled(program);
        return isThere ? Optional.empty() : Optional.of(program);
    }

    public Contender create(Setup setup) {
        return factory.apply(setup);
    }
}
