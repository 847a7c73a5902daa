package rotera.cli.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import rotera.protocol.QueueInfo;
import rotera.queue.RotFileInfo;
import rotera.queue.RotFileInfo.Place;

final class TopTableTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private static final QueueInfo QUIET = queue(7, "", 0, 0, 0, Duration.ofSeconds(-5));
    private static final QueueInfo BUSY =
            queue(55, "events", 1_234_567, 48_000.4, 0.5, Duration.ofHours(27));
    private static final QueueInfo FULL =
            queue(1000, "a\033[31m", 99_999, 3, 1, Duration.ofSeconds(61));

    static final List<QueueInfo> QUEUES = List.of(FULL, QUIET, BUSY);

    @Test
    void showsFiguresForPeople() {
        assertThat(TopTable.lines(QUEUES, 200, TopColumn.NUMBER, NOW))
                .containsExactly(
                        "*NUMBER  NAME        MESSAGES   NEXT   PUSH/S   COMMIT/S   READ/S "
                                + "   BYTES/S   READERS             USED   OLDEST",
                        "      7  -                  0      0        0          0        0 "
                                + "   0 bytes         2  ..........   0%       0s",
                        "     55  events         1.23M  1.23M    48000        1.5      250 "
                                + "   4.6 MiB         2  #####.....  50%     1d3h",
                        "   1000  a\\x1b[31m      99999  99999      3.0        1.5      250 "
                                + " 300 bytes         2  ########## 100%     1m1s");
    }

    @Test
    void linesNeverExceedTheWidth() {
        for (int width = 1; width < 150; width++) {
            int limit = width;
            assertThat(TopTable.lines(QUEUES, width, TopColumn.USED, NOW))
                    .hasSize(4)
                    .allMatch(line -> line.length() <= limit);
        }
    }

    @Test
    void narrowScreensKeepWhatMattersMost() {
        assertThat(TopTable.lines(QUEUES, 80, TopColumn.NUMBER, NOW).getFirst())
                .contains("NUMBER", "NAME", "MESSAGES", "PUSH/S", "BYTES/S", "USED", "OLDEST");
        assertThat(TopTable.lines(QUEUES, 45, TopColumn.NUMBER, NOW).getFirst())
                .contains("NUMBER", "MESSAGES", "USED")
                .doesNotContain("NEXT");
    }

    @Test
    void orderPutsTheLargestFirst() {
        assertOrder(TopColumn.NUMBER, "7", "55", "1000");
        assertOrder(TopColumn.NAME, "7", "1000", "55");
        assertOrder(TopColumn.PUSHES, "55", "1000", "7");
        assertOrder(TopColumn.USED, "1000", "55", "7");
        assertOrder(TopColumn.OLDEST, "55", "1000", "7");
        assertOrder(TopColumn.READERS, "7", "55", "1000");
    }

    @Test
    void failedQueueHasItsReasonBelow() {
        QueueInfo failed =
                new QueueInfo(
                        9, BUSY.file(), 0, 0, 0, 0, 0, Optional.of("sync of 9.rot: I/O error"));
        assertThat(TopTable.lines(List.of(failed), 80, TopColumn.NUMBER, NOW))
                .hasSize(3)
                .endsWith("  failed: sync of 9.rot: I/O error");
    }

    @Test
    void plainLinesHavePlainNumbers() {
        assertThat(TopTable.plainTitle().split("\t", -1))
                .hasSameSizeAs(TopTable.plain(BUSY, NOW).split("\t", -1))
                .startsWith("time", "number", "name");
        assertThat(TopTable.plain(BUSY, NOW))
                .isEqualTo(
                        "2026-11-22T10:00:00Z\t55\tevents\t1234567\t1234567\t48000.4\t1.5\t250.0\t"
                                + "4800040\t2\t0.50\t97200");
    }

    private static void assertOrder(TopColumn order, String... numbers) {
        List<String> lines = TopTable.lines(QUEUES, 200, order, NOW);
        assertThat(lines.subList(1, 4))
                .extracting(line -> line.strip().split(" +", 2)[0])
                .containsExactly(numbers);
    }

    private static QueueInfo queue(
            long number, String name, long messages, double pushes, double used, Duration age) {
        boolean empty = messages == 0;
        RotFileInfo file =
                new RotFileInfo(
                        name,
                        new UUID(1, number),
                        new UUID(1, number),
                        NOW.minusSeconds(1_000_000),
                        1 << 20,
                        24_576,
                        1_000_000,
                        100_000,
                        4096,
                        250_000,
                        250_004,
                        0,
                        1,
                        new Place(0, 0),
                        new Place(messages, 0),
                        new Place(messages, 0),
                        new Place(messages, Math.round(used * 900_000)),
                        empty && number != 7 ? Optional.empty() : Optional.of(NOW.minus(age)),
                        Optional.empty());
        double reads = empty ? 0 : 250;
        double commits = empty ? 0 : 1.5;
        return new QueueInfo(
                number, file, pushes, pushes * 100, reads, commits, 2, Optional.empty());
    }
}
