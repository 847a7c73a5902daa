package rotera.queue.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PosixDiskTest {
    private static final int SIZE = 1 << 20;

    @TempDir private Path directory;

    @Test
    void whatTheSystemHasInMemoryIsReadWithoutTheMapping() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        byte[] content = new byte[SIZE];
        random.nextBytes(content);
        try (PosixDisk disk = PosixDisk.create(directory.resolve("file"), SIZE, done -> {});
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(SIZE);
            bytes.copyFrom(MemorySegment.ofArray(content));
            disk.write(0, bytes);
            long all = 0;
            for (int i = 0; i < 200; i++) {
                int from = random.nextInt(SIZE);
                int length = 1 + random.nextInt(SIZE - from);
                MemorySegment target = arena.allocate(length);
                long read = disk.readCached(from, target);
                assertThat(read).isBetween(0L, (long) length);
                assertThat(target.asSlice(0, read).mismatch(bytes.asSlice(from, read)))
                        .isEqualTo(-1);
                if (read == length) all++;
            }
            // Some file systems do not have the call; memory may be short for a moment.
            if (Mount.of(directory).filter(mount -> mount.type().equals("ext4")).isPresent())
                assertThat(all).isGreaterThan(100);
        }
    }

    @Test
    void aFileThatIsClosedOrHasEndedGivesNothing() throws IOException {
        PosixDisk disk = PosixDisk.create(directory.resolve("file"), SIZE, done -> {});
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(100);
            target.fill((byte) 7);
            assertThat(disk.readCached(SIZE, target)).isZero();
            disk.close();
            assertThat(disk.readCached(0, target)).isZero();
            assertThat(target.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 7);
        }
    }
}
