package rotera.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rotera.kafka.MemoryDisk;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.disk.Disk;
import rotera.queue.engine.QueueAccess;

/**
 * Messages of an offsets file that nobody wrote like this: opening it works or throws a {@link
 * QueueException}; a message that is read is written again as the same; what opens takes a change,
 * and holds the same when it is opened again.
 */
class OffsetsFuzzTest {
    private static final int SIZE = 96 << 10;
    private static final Path PATH = Path.of(OffsetsFile.NAME);

    /** Messages, each a byte with its length before it. */
    @FuzzTest
    void offsets(byte[] input) throws IOException {
        Disk disk = new MemoryDisk(SIZE);
        QueueAccess.format(disk, CreateOptions.ofSize(SIZE), () -> 1);
        try (RotFile file = QueueAccess.open(disk, PATH, () -> 1);
                Batch batch = new Batch()) {
            for (int at = 0; at < input.length; ) {
                int end = Math.min(input.length, at + 1 + Byte.toUnsignedInt(input[at]));
                byte[] message = Arrays.copyOfRange(input, at + 1, end);
                decode(message);
                if (batch.count() < 200) batch.add(message);
                at = end;
            }
            if (batch.count() > 0) file.push(batch);
            file.commit();
        }
        List<OffsetChange> found;
        OffsetChange.GroupRemoved change = new OffsetChange.GroupRemoved("nobody's group");
        try (OffsetsFile file = open(disk)) {
            assertThat(file.change(offsets -> List.of(change))).isTrue();
            found = file.read(Offsets::messages);
        } catch (QueueException e) {
            return;
        }
        try (OffsetsFile file = open(disk)) {
            assertThat(file.read(Offsets::messages)).isEqualTo(found);
        }
    }

    private static void decode(byte[] message) {
        try {
            OffsetChange change = OffsetChange.decode(message);
            assertThat(OffsetChange.decode(change.encode())).isEqualTo(change);
        } catch (OffsetChange.UnknownKindException | IllegalArgumentException e) {
            // refused
        }
    }

    private static OffsetsFile open(Disk disk) throws IOException {
        return OffsetsFile.open(QueueAccess.open(disk, PATH, () -> 1), new ArrayList<>()::add);
    }
}
