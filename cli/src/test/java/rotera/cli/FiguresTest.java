package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.Result;
import rotera.cli.command.QueuesCommand;
import rotera.cli.text.RingDrawing;
import rotera.protocol.QueueInfo;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;
import rotera.queue.RotFileInfo;
import rotera.queue.RotFileInfo.Place;
import rotera.queue.Storage;

/** What inspect and queues print. */
final class FiguresTest {
    private static final Instant THEN = Instant.parse("2026-11-22T10:00:00Z");
    private static final Instant NOW = Instant.parse("2026-11-22T13:00:00Z");

    /** 6000 bytes of ring, 100 for each cell of a drawing. */
    private static final RotFileInfo INFO =
            info(place(100, 5500), place(300, 6900), place(310, 7100));

    private static final List<QueueInfo> QUEUES =
            List.of(
                    new QueueInfo(7, INFO, 1234.56, 99_999, 3, 10, 2, Optional.empty()),
                    new QueueInfo(
                            55,
                            info(place(0, 0), place(0, 0), place(0, 0)),
                            0,
                            0,
                            0,
                            0,
                            0,
                            Optional.of("the disk\nfailed")));

    @TempDir private Path directory;

    @Test
    void inspectTellsNamesAndValuesToScripts() {
        Path path = directory.resolve("55.rot");
        RotFile.create(path, CreateOptions.ofSize(1 << 20).withName("mails"));
        try (RotFile file = RotFile.open(path);
                Batch batch = new Batch()) {
            file.push(batch.add("a").add("b"));
        }
        Result result = Program.run("inspect", path.toString());
        assertThat(result.code()).isZero();
        assertThat(result.output().lines().map(line -> line.split(" +", 2)[0]).toList())
                .containsSubsequence(
                        "file",
                        "name",
                        "unique-id",
                        "lineage-id",
                        "created",
                        "oldest-id",
                        "committed-id",
                        "next-id",
                        "messages",
                        "oldest-time",
                        "newest-time",
                        "file-bytes",
                        "ring-bytes",
                        "live-bytes",
                        "free-bytes",
                        "max-message-bytes",
                        "max-push-bytes",
                        "entries-limit",
                        "checkpoint-id",
                        "checkpoint-position",
                        "next-position",
                        "epoch",
                        "file-system",
                        "file-system-weakness");
        assertThat(result.output())
                .containsPattern("(?m)^name +mails$")
                .containsPattern("(?m)^messages +2$")
                .containsPattern("(?m)^entries-limit +-$")
                .containsPattern("(?m)^newest-time +20[-0-9]{8}T.*Z$");
        String fileSystem = Storage.of(path).fileSystem();
        assertThat(result.output()).containsPattern("(?m)^file-system +" + fileSystem + "$");
        assertThat(Program.run("inspect", "--json", path.toString()).output())
                .startsWith("{\"file\":\"" + path + "\",\"name\":\"mails\",\"unique_id\":\"")
                .contains(",\"messages\":2,", ",\"entries_limit\":null,")
                .endsWith("}\n");
    }

    @Test
    void emptyQueueHasNoTimes() {
        Path path = directory.resolve("55.rot");
        RotFile.create(path, CreateOptions.ofSize(96 << 10));
        assertThat(Program.run("inspect", path.toString()).output())
                .containsPattern("(?m)^oldest-time +-$");
    }

    @Test
    void queuesAreLinesForScripts() {
        assertThat(QueuesCommand.forScripts(QUEUES, NOW))
                .isEqualTo(
                        """
                        7\tmails\t200\t100\t300\t1600\t6000\t10800\t9000\t1234.6\t3.0\t2\t-
                        55\tmails\t0\t0\t0\t0\t6000\t-\t-\t0.0\t0.0\t0\tthe disk\\nfailed
                        """);
    }

    @Test
    void queuesAreATableForPeople() {
        assertThat(QueuesCommand.forPeople(QUEUES, NOW))
                .isEqualTo(
                        """
                        QUEUE  NAME   MESSAGES  OLDEST  NEXT        USED          OF  OLDEST AGE  NEWEST AGE  PUSH/S  READ/S  READERS
                            7  mails       200     100   300  1600 bytes  6000 bytes         3 h         2 h   1,235       3        2
                           55  mails         0       0     0     0 bytes  6000 bytes           -           -       0       0        0
                        queue 55 takes no more pushes: the disk\\nfailed
                        """);
    }

    @Test
    void queuesAreAnArrayInJson() {
        assertThat(QueuesCommand.json(QUEUES))
                .startsWith("[{\"number\":7,\"name\":\"mails\",\"unique_id\":")
                .contains(
                        ",\"oldest_time\":\"2026-11-22T10:00:00Z\",",
                        ",\"pushes_per_s\":1234.6,",
                        ",\"readers\":2},{\"number\":55,",
                        ",\"oldest_time\":null,",
                        ",\"failure\":\"the disk\\nfailed\"}]");
        assertThat(QueuesCommand.json(List.of())).isEqualTo("[]");
    }

    @Test
    void ringIsDrawnAsItLiesInTheFile() {
        assertThat(RingDrawing.of(INFO, false))
                .isEqualTo(
                        """
                        #########++------......................................#####
                                 c n                                           o
                                   k
                        # live   + uncommitted   - reserve   . free
                        o oldest   c committed   n next   k checkpoint
                        """);
    }

    private static Place place(long id, long position) {
        return new Place(id, position);
    }

    private static RotFileInfo info(Place oldest, Place committed, Place next) {
        boolean empty = oldest.equals(committed);
        return new RotFileInfo(
                "mails",
                new UUID(1, 2),
                new UUID(1, 2),
                THEN,
                10_000,
                4_000,
                6_000,
                600,
                100,
                1_000,
                1_004,
                0,
                3,
                oldest,
                next,
                committed,
                next,
                empty ? Optional.empty() : Optional.of(THEN),
                empty ? Optional.empty() : Optional.of(THEN.plusSeconds(1800)));
    }
}
