package rotera.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class TimesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource({
        "90s, 2026-11-22T11:58:30Z",
        "10m, 2026-11-22T11:50:00Z",
        "2h, 2026-11-22T10:00:00Z",
        "3d, 2026-11-19T12:00:00Z",
        "0s, 2026-11-22T12:00:00Z",
        "2026-11-22T10:00:00Z, 2026-11-22T10:00:00Z",
        "2026-11-22T10:00:00.5+02:00, 2026-11-22T08:00:00.5Z",
        "2026-11-22T10:00, 2026-11-22T09:00:00Z",
        "2026-11-22 10:00, 2026-11-22T09:00:00Z",
        "2026-07-22 10:00:30, 2026-07-22T08:00:30Z",
        "2026-11-22, 2026-11-21T23:00:00Z",
    })
    void readsTimes(String text, Instant time) {
        assertThat(Times.parse(text, NOW, ZONE)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "-10m", "10w", "soon", "2026-13-01", "10:00", "2026-11-22T"})
    void refusesWhatIsNoTime(String text) {
        assertThatExceptionOfType(TypeConversionException.class)
                .isThrownBy(() -> Times.parse(text, NOW, ZONE))
                .withMessageContaining("'" + text + "' is not a time");
    }

    @Test
    void agesAreRough() {
        assertThat(Times.rough(Duration.ofSeconds(-5))).isEqualTo("0 s");
        assertThat(Times.rough(Duration.ofSeconds(119))).isEqualTo("119 s");
        assertThat(Times.rough(Duration.ofMinutes(2))).isEqualTo("2 min");
        assertThat(Times.rough(Duration.ofMinutes(125))).isEqualTo("2 h");
        assertThat(Times.rough(Duration.ofDays(400))).isEqualTo("400 d");
    }
}
