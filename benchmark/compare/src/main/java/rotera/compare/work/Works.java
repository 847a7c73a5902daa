package rotera.compare.work;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import rotera.compare.contender.Contender;
import rotera.compare.contender.Contenders;
import rotera.compare.contender.Setup;

/** All works, in the order of the report. */
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
            Figure.ONE_64_P99);

    /** What the contender is asked for. */
    enum Way {
        DEFAULT,
        PROMPT,
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

    /** Whether this contender can do this work at all. */
    public boolean suits(Contenders contender) {
        return !durable() || contender.canBeDurable();
    }

    /** Starts the contender and does the work. */
    public Map<Figure, Double> run(
            Contenders which, java.nio.file.Path root, java.nio.file.Path directory, Scale scale)
            throws Exception {
        boolean prompt = way == Way.PROMPT || way == Way.DURABLE_PROMPT;
        Setup setup =
                new Setup(root, directory, messageBytes, durable(), prompt, 2 * scale.bytes(), false);
        try (Contender contender = which.create(setup)) {
            contender.start();
            Stage stage = new Stage(which, contender, setup, scale);
            work.get().run(stage);
            return stage.figures();
        }
    }
}
