package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A file that loses its name while it is open. */
@Timeout(60)
class FileGoneTest {
    @TempDir Path directory;

    private Path home() throws IOException {
        return Files.createDirectories(directory.resolve("home"));
    }

    enum Loss {
        REMOVED,
        RENAMED,
        REPLACED,
        HARD_LINK_REMOVED,
        DIRECTORY_RENAMED,
        LINK_TURNED
    }

    private void lose(Path path, Loss loss) throws IOException {
        Path other = directory.resolve("other.rot");
        switch (loss) {
            case REMOVED -> Files.delete(path);
            case RENAMED -> Files.move(path, other);
            case REPLACED -> {
                Files.move(path, other);
                RotFile.create(path, CreateOptions.ofSize(Rot.SMALLEST));
            }
            case HARD_LINK_REMOVED -> {
                Files.createLink(other, path);
                Files.delete(path);
            }
            case DIRECTORY_RENAMED -> Files.move(path.getParent(), directory.resolve("away"));
            case LINK_TURNED -> {
                Files.delete(path);
                RotFile.create(other, CreateOptions.ofSize(Rot.SMALLEST));
                Files.createSymbolicLink(path, other);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsAcknowledgedAndReadsGoOn(Loss loss) throws Exception {
        Path path = Rot.create(home(), Rot.SMALLEST);
        if (loss == Loss.LINK_TURNED) {
            Files.move(path, directory.resolve("first.rot"));
            Files.createSymbolicLink(path, directory.resolve("first.rot"));
        }
        RotFile file = RotFile.open(path);
        Rot.commit(file, "a");
        lose(path, loss);
        assertThat(file.commit()).as("nothing new").isEqualTo(1);
        Rot.push(file, "b");
        assertThatThrownBy(file::commit)
                .isInstanceOf(QueueException.FileGoneException.class)
                .hasMessageContaining(path.toString());
        assertThatThrownBy(() -> file.commitAsync().get(9, TimeUnit.SECONDS))
                .hasCauseInstanceOf(QueueException.FileGoneException.class);
        assertThatThrownBy(() -> Rot.push(file, "c"))
                .isInstanceOf(QueueException.FileGoneException.class);
        try (Batch batch = new Batch().add("d");
                Messages messages = new Messages()) {
            assertThatThrownBy(() -> file.tryPush(batch))
                    .isInstanceOf(QueueException.FileGoneException.class);
            assertThatThrownBy(() -> file.pushAsync(batch).get(9, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(QueueException.FileGoneException.class);
            assertThat(file.ping().next()).isEqualTo(1);
            assertThat(file.read(0, 9, messages)).isEqualTo(1);
        }
        assertThatThrownBy(file::close).isInstanceOf(QueueException.FileGoneException.class);
    }

    @Test
    void pushesThatNeedRoomAreRefusedToo() throws Exception {
        Path path = Rot.create(home(), Rot.SMALLEST);
        RotFile file = RotFile.open(path);
        Rot.commit(file, "a");
        lose(path, Loss.REMOVED);
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 1000; i++) Rot.push(file, "x".repeat(1000));
                        })
                .isInstanceOf(QueueException.FileGoneException.class);
        assertThatThrownBy(file::close).isInstanceOf(QueueException.FileGoneException.class);
    }

    @Test
    void everythingIsThereOnceTheFileHasItsNameBack() throws Exception {
        Path path = Rot.create(home(), Rot.SMALLEST);
        try (RotFile file = RotFile.open(path)) {
            Rot.commit(file, "a");
            lose(path, Loss.RENAMED);
            Rot.push(file, "b");
            assertThatThrownBy(file::commit).isInstanceOf(QueueException.FileGoneException.class);
            Files.move(directory.resolve("other.rot"), path);
            Rot.push(file, "c");
            assertThat(file.commit()).isEqualTo(3);
            for (int i = 0; i < 500; i++) Rot.commit(file, "x".repeat(100));
            assertThat(file.check(damage -> {}, bytes -> {}).problems()).isZero();
        }
        try (RotFile file = RotFile.open(path)) {
            assertThat(file.ping().next()).isEqualTo(503);
        }
    }

    @Test
    void aFileThatIsGoneWithNothingToCommitIsClosedQuietly() throws Exception {
        Path path = Rot.create(home(), Rot.SMALLEST);
        RotFile file = RotFile.open(path);
        Rot.commit(file, "a");
        lose(path, Loss.REMOVED);
        file.close();
    }

    @Test
    void anotherNameDoesNoHarm() throws Exception {
        Path path = Rot.create(home(), Rot.SMALLEST);
        try (RotFile file = RotFile.open(path)) {
            Files.createLink(directory.resolve("other.rot"), path);
            Rot.commit(file, "a");
            Files.delete(directory.resolve("other.rot"));
            Rot.commit(file, "b");
            assertThat(file.ping().next()).isEqualTo(2);
        }
    }

    @Test
    void anOpenFileIsRenamedAndGoesOn() throws Exception {
        Path path = Rot.create(home(), Rot.SMALLEST);
        Path to = directory.resolve("other.rot");
        Path taken = Rot.create(directory, Rot.SMALLEST);
        try (RotFile file = RotFile.open(path)) {
            Rot.push(file, "a");
            assertThatThrownBy(() -> file.rename(taken))
                    .isInstanceOf(QueueException.StorageException.class)
                    .hasMessageContaining(taken.toString());
            file.rename(to);
            assertThat(file.path()).isEqualTo(to);
            assertThat(file.commit()).isEqualTo(1);
            assertThat(path).doesNotExist();
            Files.delete(to);
            Rot.push(file, "b");
            assertThatThrownBy(() -> file.rename(path))
                    .isInstanceOf(QueueException.StorageException.class);
            assertThatThrownBy(file::commit).isInstanceOf(QueueException.FileGoneException.class);
        } catch (QueueException.FileGoneException | IOException e) {
            // Closing tells of what was not committed.
        }
    }
}
