package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import rotera.queue.engine.Rebuild;

/**
 * Files that were edited in any way: opening one works or throws a {@link QueueException}; what is
 * read has a record whose checksums fit; what opens to write takes a push, and opens again.
 */
class OpeningFuzzTest {
    private static final Path PATH = Path.of("edited.rot");

    /** More reads than a file of this size can need. */
    private static final int MOST_READS = 100_000;

    private static final String PUSHED = "pushed behind the edits";

    @FuzzTest
    void opening(byte[] input) throws IOException {
        EditedFile file = EditedFile.of(input);
        MemoryDisk disk = file.disk();
        Map<Long, Set<String>> stored = EditedFile.stored(disk);
        openToRead(disk.copy(), stored);
        if (openToWrite(disk.copy(), stored, file.forged())) return;
        MemoryDisk rebuilt = disk.copy();
        try {
            Rebuild.of(rebuilt, PATH, told -> {});
        } catch (QueueException e) {
            return;
        }
        openToRead(rebuilt, EditedFile.stored(rebuilt));
    }

    private static void openToRead(MemoryDisk disk, Map<Long, Set<String>> stored)
            throws IOException {
        MemoryDisk before = disk.copy();
        try (RotFile queue = RotFile.open(disk, PATH, null)) {
            readAll(queue, stored);
            queue.check(damage -> {}, progress -> {});
            queue.lastPush(77);
        } catch (QueueException e) {
            // refused
        }
        assertThat(disk.bytes().mismatch(before.bytes())).isEqualTo(-1);
    }

    /** False if it was refused. */
    private static boolean openToWrite(
            MemoryDisk disk, Map<Long, Set<String>> stored, boolean forged) throws IOException {
        long id;
        try (RotFile queue = open(disk)) {
            readAll(queue, stored);
            id = Rot.push(queue, PUSHED.getBytes(StandardCharsets.UTF_8));
            assertThat(queue.commit()).isEqualTo(id + 1);
            if (!forged) assertThat(Rot.texts(queue, id)).containsExactly(PUSHED);
        } catch (QueueException e) {
            return false;
        }
        try (RotFile queue = open(disk)) {
            if (!forged) assertThat(Rot.texts(queue, id)).containsExactly(PUSHED);
        } catch (QueueException e) {
            assertThat(forged).as("opening again: %s", e).isTrue();
        }
        return true;
    }

    private static RotFile open(MemoryDisk disk) throws IOException {
        return RotFile.open(disk, PATH, () -> 3000);
    }

    private static void readAll(RotFile queue, Map<Long, Set<String>> stored) {
        queue.info();
        queue.idOf(Start.time(Instant.EPOCH));
        queue.idOf(Start.time(Instant.ofEpochMilli(2000)));
        long end = queue.ping().next();
        long id = queue.ping().oldest();
        try (Messages messages = new Messages()) {
            for (int reads = 0; id < end; reads++) {
                assertThat(reads).isLessThan(MOST_READS);
                try {
                    if (queue.read(id, Integer.MAX_VALUE, messages) == 0) break;
                    while (messages.next()) assertStored(messages, stored);
                    assertThat(messages.nextId()).isGreaterThan(id);
                    id = messages.nextId();
                } catch (QueueException.CorruptMessageException e) {
                    assertThat(e.resumeId()).isGreaterThan(id);
                    id = e.resumeId();
                }
            }
        }
    }

    private static void assertStored(Messages messages, Map<Long, Set<String>> stored) {
        assertThat(stored.getOrDefault(messages.id(), Set.of()))
                .as("message %d", messages.id())
                .contains(EditedFile.text(messages.toByteArray()));
    }
}
