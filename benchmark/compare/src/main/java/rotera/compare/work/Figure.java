package rotera.compare.work;

/** Something that is measured. */
public enum Figure {
    INGEST("ingest", Unit.RATE),
    INGEST_BYTES("ingest, bytes", Unit.MEGABYTES_PER_SECOND),
    REPLAY("replay from the oldest", Unit.RATE),
    REPLAY_BYTES("replay, bytes", Unit.MEGABYTES_PER_SECOND),
    MEMORY_IDLE("memory idle", Unit.MEGABYTES),
    MEMORY_AFTER("memory after", Unit.MEGABYTES),
    FILE_PAGES_AFTER("mapped file pages after", Unit.MEGABYTES),
    BATCH_1("one batch outstanding", Unit.RATE),
    BATCH_8("eight batches outstanding", Unit.RATE),
    ONE_1("1 producer", Unit.RATE),
    ONE_1_P50("1 producer, p50", Unit.MILLISECONDS),
    ONE_1_P99("1 producer, p99", Unit.MILLISECONDS),
    ONE_16("16 producers", Unit.RATE),
    ONE_16_P99("16 producers, p99", Unit.MILLISECONDS),
    ONE_64("64 producers", Unit.RATE),
    ONE_64_P99("64 producers, p99", Unit.MILLISECONDS),
    LATENCY_P50("p50", Unit.MILLISECONDS),
    LATENCY_P99("p99", Unit.MILLISECONDS),
    LATENCY_P999("p99.9", Unit.MILLISECONDS),
    LATENCY_MAX("max", Unit.MILLISECONDS),
    DELIVERED("delivered to 8 consumers together", Unit.RATE),
    START("start to first message", Unit.SECONDS),
    DISK_PEAK("most on disk", Unit.MEGABYTES),
    PUSHED("pushed", Unit.MEGABYTES),
    PUSHED_RATE("pushed, bytes", Unit.MEGABYTES_PER_SECOND),
    SYNCS_BATCH("syncs per batch of 1,000", Unit.RATIO),
    SYNCS_ONE("syncs per message, 1 producer", Unit.RATIO),
    SYNCS_64("messages per sync, 64 producers", Unit.RATIO),
    LOOP_ONE("pwrite + fdatasync of 100 B, in a loop", Unit.RATE),
    LOOP_ONE_P99("pwrite + fdatasync in a loop, p99", Unit.MILLISECONDS),
    BARE_ONE("bare server in C, 1 connection", Unit.RATE),
    BARE_ONE_P99("bare server in C, p99", Unit.MILLISECONDS),
    RAW_ONE_1("Rotera server, client in C, 1 connection", Unit.RATE),
    RAW_ONE_16("Rotera server, client in C, 16 connections", Unit.RATE),
    RAW_ONE_64("Rotera server, client in C, 64 connections", Unit.RATE),
    RAW_PUSH("Rotera server, client in C: push, 1,000 per request", Unit.RATE),
    RAW_STREAM("Rotera server, client in C: stream, 1,000 per reply", Unit.RATE),
    COPY("the bytes of as many messages over loopback TCP, nothing else", Unit.RATE);

    /** How a figure is written, and which way is better. */
    public enum Unit {
        RATE("/s", true),
        MEGABYTES_PER_SECOND("MB/s", true),
        MEGABYTES("MB", false),
        MILLISECONDS("ms", false),
        SECONDS("s", false),
        RATIO("", true);

        private final String text;
        private final boolean moreIsBetter;

        Unit(String text, boolean moreIsBetter) {
            this.text = text;
            this.moreIsBetter = moreIsBetter;
        }

        public String text() {
            return text;
        }

        public boolean moreIsBetter() {
            return moreIsBetter;
        }
    }

    private final String title;
    private final Unit unit;

    Figure(String title, Unit unit) {
        this.title = title;
        this.unit = unit;
    }

    public String title() {
        return title;
    }

    public Unit unit() {
        return unit;
    }
}
