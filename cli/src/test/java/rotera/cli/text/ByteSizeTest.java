package rotera.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "65536, 65536",
        "65536B, 65536",
        "64KiB, 65536",
        "64k, 65536",
        "1GiB, 1073741824",
        "10MB, 10000000",
        "2 TiB, 2199023255552",
        "8388607TiB, 9223370937343148032"
    })
    void readsSizes(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "12parsecs",
                "-1",
                "1.5GiB",
                "GiB",
                "8388608TiB",
                "99999999999999999999"
            })
    void refusesWhatIsNoSize(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ByteSize.parse(text))
                .withMessageContaining("'" + text + "'");
    }

    @Test
    void printsSizesForPeople() {
        assertThat(new ByteSize(4096)).hasToString("4096 bytes");
        assertThat(new ByteSize(65_536)).hasToString("64 KiB");
        assertThat(new ByteSize(1_610_612_736)).hasToString("1.5 GiB");
        assertThat(new ByteSize((10 << 10) + 51)).hasToString("10 KiB");
        assertThat(new ByteSize((10 << 10) + 52)).hasToString("10.1 KiB");
        assertThat(new ByteSize((100 << 20) - 1)).hasToString("100 MiB");
        assertThat(new ByteSize((100 << 20) + (1 << 19) + 1)).hasToString("101 MiB");
        assertThat(new ByteSize(Long.MAX_VALUE)).hasToString("8388608 TiB");
    }
}
