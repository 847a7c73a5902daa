package rotera.compare.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import rotera.compare.work.Figure;

class FormatTest {

    @Test
    void ratesAreShortened() {
        assertThat(Format.value(Figure.INGEST, 4_512_345)).isEqualTo("4.51 M/s");
        assertThat(Format.value(Figure.INGEST, 512_345)).isEqualTo("512 k/s");
        assertThat(Format.value(Figure.INGEST, 8_200)).isEqualTo("8,200/s");
    }

    @Test
    void otherFiguresHaveTheirUnit() {
        assertThat(Format.value(Figure.LATENCY_P50, 0.1549)).isEqualTo("0.15 ms");
        assertThat(Format.value(Figure.DISK_PEAK, 2_554)).isEqualTo("2,554 MB");
    }

    @Test
    void lowestAndHighestAreToldOfSeveral() {
        assertThat(Format.spread(Figure.INGEST, Spread.of(1e6, 3e6, 2e6)))
                .isEqualTo("2.00 M/s (1.00 M - 3.00 M)");
        assertThat(Format.spread(Figure.INGEST, Spread.of(1e6))).isEqualTo("1.00 M/s");
    }
}
