package rotera.queue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link LappedReadersTest} for longer, on rings of several sizes. */
class LappedReadersStress {
    private static final int SECONDS = Integer.getInteger("lapped.seconds", 60);

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(longs = {96 << 10, 100_000, 300_000, 2 << 20})
    void lappedReadersSeeWholeMessagesInOrder(long sizeBytes) throws Exception {
        LappedReaders.run(
                Rot.create(directory, sizeBytes), System.nanoTime(), Duration.ofSeconds(SECONDS));
    }
}
