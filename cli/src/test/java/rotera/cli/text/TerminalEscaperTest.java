package rotera.cli.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TerminalEscaperTest {
    @Test
    void textStaysAsItIs() {
        assertShown(
                "plain text, \u00e4\u00f6\u00fc \u4e2d\ud83d\ude00",
                "plain text, \u00e4\u00f6\u00fc \u4e2d\ud83d\ude00");
        assertShown("", "");
    }

    @Test
    void whatDrivesATerminalIsWrittenOut() {
        assertShown("\033[2J\007\b\177", "\\x1b[2J\\x07\\x08\\x7f");
        assertShown("a\tb\r\nc", "a\\tb\\r\\nc");
        assertShown("\u009b31m\u202e\u2028\ue000", "\\u{9b}31m\\u{202e}\\u{2028}\\u{e000}");
    }

    @Test
    void bytesThatAreNoTextAreWrittenOut() {
        byte[] bytes = {'a', (byte) 0xff, (byte) 0xc3, 'b', (byte) 0x80, (byte) 0xe2, (byte) 0x82};
        assertThat(TerminalEscaper.of(bytes)).isEqualTo("a\\xff\\xc3b\\x80\\xe2\\x82");
    }

    private static void assertShown(String text, String shown) {
        assertThat(TerminalEscaper.of(text)).isEqualTo(shown);
        assertThat(TerminalEscaper.of(text.getBytes(UTF_8))).isEqualTo(shown);
    }
}
