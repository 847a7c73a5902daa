package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import rotera.cli.text.Figures;
import rotera.cli.text.Json;
import rotera.cli.text.TerminalEscaper;
import rotera.cli.top.TopColumn;
import rotera.cli.top.TopTable;
import rotera.protocol.QueueInfo;
import rotera.protocol.QueueInfoCodec;

/**
 * What is shown of strangers: messages, and what a server tells of its queues, whichever server
 * that is. Everything can be shown, and nothing moves the cursor.
 */
class ShownFuzzTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_000L);

    /** The first byte says what the others are. */
    @FuzzTest
    void shown(byte[] input) {
        if (input.length == 0) return;
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        if ((input[0] & 1) == 0) {
            message(bytes);
            return;
        }
        QueueInfo info;
        try {
            info = QueueInfoCodec.decode(MemorySegment.ofArray(bytes), 0, bytes.length);
        } catch (IllegalArgumentException e) {
            return;
        }
        description(info);
    }

    private static void message(byte[] bytes) {
        assertHarmless(TerminalEscaper.of(bytes));
        assertHarmless(TerminalEscaper.of(new String(bytes, StandardCharsets.UTF_16)));
        Json json = new Json().beginObject();
        json.name("message").value(new String(bytes, StandardCharsets.ISO_8859_1)).endObject();
        assertHarmless(json.toString());
    }

    private static void description(QueueInfo info) {
        for (TopColumn order : TopColumn.values()) {
            for (int width : new int[] {1, 40, 200})
                TopTable.lines(List.of(info, info), width, order, NOW)
                        .forEach(line ->
                                assertThat(assertHarmless(line).length())
                                        .isLessThanOrEqualTo(width));
        }
        assertHarmless(TopTable.plain(info, NOW).replace('\t', ' '));
        Figures figures = Figures.of(info);
        assertHarmless(figures.lines(true).replace('\n', ' '));
        assertHarmless(figures.lines(false).replace('\n', ' '));
        assertThat(figures.lines(false).lines().count())
                .isEqualTo(figures.lines(true).lines().count());
        Json json = new Json();
        figures.write(json);
        assertHarmless(json.toString());
    }

    private static String assertHarmless(String text) {
        assertThat(text.chars()).as("%s", text).noneMatch(Character::isISOControl);
        return text;
    }
}
