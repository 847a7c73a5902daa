package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short ways: a queue that is made when it is missing, and listeners that can be ended. */
@Timeout(60)
class OpenOrCreateTest {
    private static final byte[] MESSAGE = {1};

    @TempDir Path directory;

    @Test
    void fileIsMadeOnceAndKeepsItsSize() throws IOException {
        Path path = directory.resolve("1.rot");
        try (RotFile file = RotFile.openOrCreate(path, Rot.SMALLEST)) {
            assertThat(file.append(MESSAGE)).isZero();
        }
        try (RotFile file = RotFile.openOrCreate(path, 4 * Rot.SMALLEST)) {
            assertThat(file.append(MESSAGE)).isEqualTo(1);
        }
        assertThat(Files.size(path)).isEqualTo(Rot.SMALLEST);
    }

    @Test
    void nothingIsMadeOfASizeThatIsTooSmall() {
        Path path = directory.resolve("1.rot");
        assertThatThrownBy(() -> RotFile.openOrCreate(path, 1000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("size=1000");
        assertThatThrownBy(() -> RotFile.inMemory(1000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("size=1000");
        assertThat(path).doesNotExist();
        Path nowhere = directory.resolve("no-directory/1.rot");
        assertThatThrownBy(() -> RotFile.openOrCreate(nowhere, Rot.SMALLEST))
                .isInstanceOf(QueueException.StorageException.class)
                .hasMessageContaining("no-directory");
    }

    /** One has it, the other is told who does: never that the file exists. */
    @Test
    void twoThatMakeTheSameFileAtOnce() {
        for (int round = 0; round < 20; round++) {
            Path path = directory.resolve(round + ".rot");
            List<CompletableFuture<RotFile>> both =
                    Stream.generate(() ->
                                    CompletableFuture.supplyAsync(
                                            () -> RotFile.openOrCreate(path, Rot.SMALLEST)))
                            .limit(2)
                            .toList();
            int opened = 0;
            for (CompletableFuture<RotFile> one : both) {
                Throwable failure = one.handle((file, e) -> e).join();
                if (failure == null) {
                    one.join().close();
                    opened++;
                } else {
                    assertThat(failure)
                            .hasCauseInstanceOf(QueueException.HeldByAnotherProcessException.class);
                }
            }
            assertThat(opened).isPositive();
        }
    }

    @Test
    void aListenerIsCalledUntilItsSubscriptionIsClosed() {
        try (RotFile file = RotFile.inMemory(Rot.SMALLEST)) {
            AtomicInteger calls = new AtomicInteger();
            Runnable listener = calls::incrementAndGet;
            RotFile.Subscription first = file.onCommit(listener);
            RotFile.Subscription second = file.onCommit(listener);
            file.append(MESSAGE);
            assertThat(calls).hasValue(2);
            first.close();
            first.close();
            file.append(MESSAGE);
            assertThat(calls).hasValue(3);
            second.close();
            file.append(MESSAGE);
            assertThat(calls).hasValue(3);
        }
    }
}
