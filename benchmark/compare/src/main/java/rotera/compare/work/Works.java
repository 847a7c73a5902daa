package rotera.compare.work;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import rotera.compare.contender.Contender;
import rotera.compare.contender.Contenders;
import rotera.compare.contender.Programs;
import rotera.compare.contender.Setup;

/** All works, in the order of the report. */
@SuppressWarnings("ImmutableEnumChecker") // Nothing in it changes.
public enum Works {
    INGEST_100(
            "Ingest and replay, 100 B",
            100,
            Way.DEFAULT,
            IngestAndReplay::new,
            Figure.INGEST,
            Figure.REPLAY,
            Figure.MEMORY_IDLE,
            Figure.MEMORY_AFTER,
            Figure.FILE_PAGES_AFTER),
    DURABLE_BATCHES(
            "Durable ingest, batches of 1,000 x 100 B",
            100,
            Way.DURABLE,
            DurableBatches::new,
            Figure.BATCH_1,
            Figure.BATCH_8),
    DURABLE_MESSAGES(
            "One durable message at a time, 100 B",
            100,
            Way.DURABLE_PROMPT,
            DurableMessages::new,
            Figure.ONE_1,
            Figure.ONE_1_P50,
            Figure.ONE_1_P99,
            Figure.ONE_16,
            Figure.ONE_16_P99,
            Figure.ONE_64,
            Figure.ONE_64_P99),
    LATENCY(
            "End to end at 10,000 messages/s, 100 B",
            100,
            Way.PROMPT,
            Latency::new,
            Figure.LATENCY_P50,
            Figure.LATENCY_P99,
            Figure.LATENCY_P999,
            Figure.LATENCY_MAX),
    FAN_OUT(
            "One producer, 8 tailing consumers, 100 B",
            100,
            Way.DEFAULT,
            FanOut::new,
            Figure.DELIVERED),
    REFERENCES(
            "What the machine allows, 100 B",
            100,
            Way.DURABLE,
            References::new,
            Figure.LOOP_ONE,
            Figure.LOOP_ONE_P99,
            Figure.BARE_ONE,
            Figure.BARE_ONE_P99,
            Figure.RAW_ONE_1,
            Figure.RAW_ONE_16,
            Figure.RAW_ONE_64,
            Figure.RAW_PUSH,
            Figure.RAW_STREAM,
            Figure.COPY),
    INGEST_16(
            "Ingest and replay, 16 B",
            16,
            Way.DEFAULT,
            IngestAndReplay::new,
            Figure.INGEST,
            Figure.INGEST_BYTES,
            Figure.REPLAY,
            Figure.REPLAY_BYTES),
    INGEST_1K(
            "Ingest and replay, 1 KiB",
            1 << 10,
            Way.DEFAULT,
            IngestAndReplay::new,
            Figure.INGEST,
            Figure.INGEST_BYTES,
            Figure.REPLAY,
            Figure.REPLAY_BYTES),
    INGEST_10K(
            "Ingest and replay, 10 KiB",
            10 << 10,
            Way.DEFAULT,
            IngestAndReplay::new,
            Figure.INGEST,
            Figure.INGEST_BYTES,
            Figure.REPLAY,
            Figure.REPLAY_BYTES),
    INGEST_1M(
            "Ingest and replay, 1 MiB",
            1 << 20,
            Way.DEFAULT,
            IngestAndReplay::new,
            Figure.INGEST,
            Figure.INGEST_BYTES,
            Figure.REPLAY,
            Figure.REPLAY_BYTES),
    START("Start to first message", 100, Way.DURABLE_PROMPT, StartUp::new, Figure.START),
    KEEP(
            "Into a queue that keeps at most 256 MiB, 1 KiB",
            1 << 10,
            Way.KEEP,
            Keep::new,
            Figure.DISK_PEAK,
            Figure.PUSHED,
            Figure.PUSHED_RATE),
    SYNCS(
            "Syncs that really happen (strace), 100 B",
            100,
            Way.DURABLE_PROMPT,
            Syncs::new,
            Figure.SYNCS_BATCH,
            Figure.SYNCS_ONE,
            Figure.SYNCS_64);

    /** What the contender is asked for. */
    enum Way {
        DEFAULT,
        PROMPT,
        KEEP,
        DURABLE,
        DURABLE_PROMPT
    }

    private final String title;
    private final int messageBytes;
    private final Way way;
    private final Supplier<Work> work;
    private final List<Figure> figures;

    Works(String title, int messageBytes, Way way, Supplier<Work> work, Figure... figures) {
        this.title = title;
        this.messageBytes = messageBytes;
        this.way = way;
        this.work = work;
        this.figures = List.of(figures);
    }

    public String title() {
        return title;
    }

    /** The name on the command line. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<Works> of(String id) {
        return Arrays.stream(values()).filter(one -> one.id().equals(id)).findFirst();
    }

    public List<Figure> figures() {
        return figures;
    }

    public boolean durable() {
        return way == Way.DURABLE || way == Way.DURABLE_PROMPT;
    }

    /** What an acknowledgement of this contender promises in this work. */
    public String durability(Contenders contender) {
        if (this == LATENCY && contender.isRotera()) return "fsync before it is seen";
        return contender.durability(durable() && contender.canBeDurable());
    }

    /** Whether one round is enough: what hardly varies, or is not a goal. */
    public boolean once() {
        return switch (this) {
            case INGEST_16, INGEST_1K, INGEST_10K, INGEST_1M, START, KEEP, SYNCS -> true;
            default -> false;
        };
    }

    /** Whether a short run does without. */
    public boolean onlyInCore() {
        return this == INGEST_16 || this == INGEST_1K || this == INGEST_1M;
    }

    /** The program that it needs and this machine lacks. */
    public Optional<String> missing() {
        if (this == SYNCS && !Programs.isInstalled("strace")) return Optional.of("strace");
        if (this == REFERENCES && !References.isPossible()) return Optional.of("cc");
        return Optional.empty();
    }

    /** Why this contender does not do this work; empty if it does. */
    public Optional<String> refusal(Contenders contender) {
        if (this == REFERENCES && contender != Contenders.ROTERA) return Optional.of("");
        if (this == KEEP && contender == Contenders.FILE) return Optional.of("");
        if (contender == Contenders.KAFKA_TIGHT && this != KEEP) return Optional.of("");
        if (durable() && this != START && !contender.canBeDurable()) {
            return Optional.of("never syncs before it acknowledges");
        }
        if (contender == Contenders.TAPE && this == KEEP) {
            return Optional.of("with a sync for each message it would take many minutes");
        }
        if (contender == Contenders.TAPE && this == SYNCS) {
            return Optional.of(
                    "its file is opened with O_DSYNC: a write is a sync, and no call of its own");
        }
        boolean follows = this == LATENCY || this == FAN_OUT;
        if (contender == Contenders.TAPE && follows) {
            return Optional.of("a reader cannot follow a writer");
        }
        return Optional.empty();
    }

    /** Starts the contender and does the work. */
    public Map<Figure, Double> run(Contenders which, Path root, Path directory, Scale scale)
            throws Exception {
        Setup setup = setup(which, root, directory, scale);
        try (Contender contender = which.create(setup)) {
            contender.start();
            Stage stage = new Stage(which, contender, setup, scale);
            work.get().run(stage);
            return stage.figures();
        }
    }

    private Setup setup(Contenders which, Path root, Path directory, Scale scale) {
        boolean durable = durable() && which.canBeDurable();
        boolean prompt = way == Way.PROMPT || way == Way.DURABLE_PROMPT;
        boolean keep = way == Way.KEEP;
        long room = keep ? Keep.KEPT_BYTES : this == START ? 64L << 20 : 2 * scale.bytes();
        return new Setup(root, directory, messageBytes, durable, prompt, room, keep);
    }
}
