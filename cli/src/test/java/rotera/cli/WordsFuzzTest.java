package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import rotera.cli.queues.Target;
import rotera.cli.text.ByteSize;
import rotera.cli.text.TimeSpan;
import rotera.cli.text.Times;
import rotera.cli.text.WholeNumber;

/**
 * What is typed on the command line: every converter takes a word or says in a {@link
 * TypeConversionException} what is wrong; so do whole command lines, in their own exception.
 */
class WordsFuzzTest {
    private static final CommandLine COMMANDS = Main.withAllCommands();

    /** The first byte says what the others are. */
    @FuzzTest
    void words(byte[] input) throws Exception {
        if (input.length == 0) return;
        String text =
                new String(
                        Arrays.copyOfRange(input, 1, input.length),
                        (input[0] & 0x40) != 0
                                ? StandardCharsets.ISO_8859_1
                                : StandardCharsets.UTF_8);
        switch (input[0] & 15) {
            case 0 -> size(text);
            case 1 -> convert(new TimeSpan.Converter(), text);
            case 2 -> time(text);
            case 3 -> convert(new WholeNumber.Converter(), text);
            case 4 -> convert(new WholeNumber.ChunkConverter(), text);
            case 5 -> convert(new WholeNumber.PortConverter(), text);
            case 6 -> convert(new Target.Converter(), text);
            case 7 -> convert(new Target.NumberConverter(), text);
            default -> commandLine(text);
        }
    }

    private static void convert(ITypeConverter<?> converter, String text) throws Exception {
        try {
            assertThat(converter.convert(text)).isNotNull();
        } catch (TypeConversionException e) {
            assertThat(e).hasMessageContaining(" ");
        }
    }

    private static void size(String text) throws Exception {
        try {
            ByteSize size = new ByteSize.Converter().convert(text);
            assertThat(size.bytes()).isNotNegative();
            assertThat(size.toString()).isNotEmpty();
        } catch (TypeConversionException e) {
            assertThat(e).hasMessageContaining(text);
        }
    }

    private static void time(String text) {
        try {
            Instant time = Times.parse(text, Instant.EPOCH, ZoneId.of("Europe/Berlin"));
            rotera.queue.Start.time(time);
        } catch (TypeConversionException e) {
            assertThat(e).hasMessageContaining(text);
        }
    }

    /** One word for each line. Nothing is run. */
    private static void commandLine(String text) {
        String[] words = text.split("\n", -1);
        // A word with an @ in front is the name of a file with more words.
        for (String word : words) if (word.startsWith("@")) return;
        try {
            COMMANDS.parseArgs(words);
        } catch (ParameterException e) {
            assertThat(e).hasMessageContaining(" ");
        }
    }
}
