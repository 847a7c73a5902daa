package rotera.queue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No reader delays a writer (I6), and none reads a torn, stale or reordered message (I2, I3). */
@Timeout(90)
class LappedReadersTest {
    @TempDir Path directory;

    @Test
    void lappedReadersSeeWholeMessagesInOrder() throws Exception {
        LappedReaders.run(
                Rot.create(directory, Rot.SMALLEST), System.nanoTime(), Duration.ofSeconds(5));
    }
}
