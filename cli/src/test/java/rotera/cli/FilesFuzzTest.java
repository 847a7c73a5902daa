package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import rotera.cli.command.ServerCommand;
import rotera.cli.command.ServerSettings;
import rotera.cli.queues.OriginalFile;
import rotera.cli.queues.PositionFile;
import rotera.cli.text.CommandException;
import rotera.queue.Batch;

/**
 * Files that the commands read besides queues: settings of a server, the position of a consumer,
 * queues of the original. Each is taken or refused with a {@link CommandException}.
 */
class FilesFuzzTest {
    private static final UUID QUEUE = UUID.fromString("01234567-89ab-cdef-0123-456789abcdef");

    private static final CommandLine.ParseResult NO_OPTIONS =
            new CommandLine(new ServerCommand()).parseArgs();

    @TempDir static Path directory;

    /** The first byte says what the others are. */
    @FuzzTest
    void files(byte[] input) throws IOException {
        if (input.length == 0) return;
        Path file = directory.resolve("file");
        Files.write(file, Arrays.copyOfRange(input, 1, input.length));
        try {
            switch (input[0] % 3) {
                case 0 -> settings(file);
                case 1 -> {
                    try (PositionFile position = PositionFile.open(file, QUEUE, Long.MAX_VALUE)) {
                        assertThat(position.start().getAsLong()).isNotNegative();
                    }
                }
                default -> original(file);
            }
        } catch (CommandException e) {
            assertThat(e).hasMessageContaining(file.toString());
        }
    }

    private static void settings(Path file) {
        ServerSettings.read(file)
                .asOptions(NO_OPTIONS)
                .forEach(option -> assertThat(option).startsWith("--"));
    }

    /** Its table is followed by little data, so that it is small. */
    private static void original(Path file) {
        try (OriginalFile original = new OriginalFile(file);
                Batch batch = new Batch()) {
            long last = Math.min(original.next(), original.oldest() + 100);
            for (long id = original.oldest(); id < last; id++) {
                assertThat(original.length(id)).isBetween(0L, original.dataBytes() - 1);
                original.add(id, batch.clear());
                assertThat(batch.bytes()).isEqualTo(4 + original.length(id));
            }
        }
    }
}
