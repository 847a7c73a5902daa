package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that is refused keeps every byte and its time of modification. */
final class RefusedFileTest {
    private static final Path KEPT = Path.of("src/test/resources/rotera/queue");
    private static final FileTime BEFORE = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gap",
                "key-copies",
                "unknown-kind",
                "unknown-flag",
                "refuse-bit",
                "version-1"
            })
    void ofAnotherVersion(String name) throws IOException {
        assertRefusedUnchanged(Files.copy(KEPT.resolve(name + ".rot"), path()));
    }

    @Test
    void withBothSuperblocksDamaged() throws IOException {
        create();
        flip(20);
        flip(4096 + 20);
        assertRefusedUnchanged(path());
    }

    @Test
    void withBothHeaderSlotsDamaged() throws IOException {
        create();
        flip(8192 + 20);
        flip(12288 + 20);
        assertRefusedUnchanged(path());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 511, 4096, 20_000, 98_304 - 4096, 98_304 + 4096})
    void ofAnotherSize(long bytes) throws IOException {
        create();
        try (FileChannel file = FileChannel.open(path(), StandardOpenOption.WRITE)) {
            if (bytes < file.size()) file.truncate(bytes);
            else file.write(ByteBuffer.allocate(1), bytes - 1);
        }
        assertRefusedUnchanged(path());
    }

    @Test
    void heldByAnother() {
        create();
        try (RotFile holder = RotFile.open(path())) {
            assertThat(holder.ping().next()).isZero();
            assertRefusedUnchanged(path());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Path path() {
        return directory.resolve("1.rot");
    }

    private void create() {
        RotFile.create(path(), CreateOptions.ofSize(96 << 10));
    }

    private void flip(long at) throws IOException {
        byte[] content = Files.readAllBytes(path());
        content[(int) at] ^= 1;
        Files.write(path(), content);
    }

    private static void assertRefusedUnchanged(Path path) throws IOException {
        byte[] content = Files.readAllBytes(path);
        Files.setLastModifiedTime(path, BEFORE);
        assertThatThrownBy(() -> RotFile.openReadOnly(path).close())
                .isInstanceOf(QueueException.class);
        assertThatThrownBy(() -> RotFile.open(path).close()).isInstanceOf(QueueException.class);
        assertThat(Files.readAllBytes(path)).isEqualTo(content);
        assertThat(Files.getLastModifiedTime(path)).isEqualTo(BEFORE);
    }
}
