package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.format.Superblock;

/** Files that have lost what leads to their records, and beginnings at another id. */
final class RebuildTest {
    private static final byte[] ZEROS = new byte[2 * Superblock.PAGE];
    private static final long SUPERBLOCKS = 0;
    private static final long HEADERS = 2 * Superblock.PAGE;

    @TempDir Path directory;
    private Path path;
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void create() {
        path = directory.resolve("queue.rot");
        RotFile.create(path, CreateOptions.ofSize(256 << 10).withName("orders"));
    }

    @Test
    void headersAreMadeAnew() {
        List<String> before = fill(10);
        Rot.overwrite(path, HEADERS, ZEROS);
        assertThatThrownBy(() -> RotFile.open(path).close())
                .isInstanceOf(QueueException.NotARotFileException.class);
        RotFile.rebuild(path, told::add);
        assertThat(told).singleElement().asString().contains("header slots");
        try (RotFile file = RotFile.open(path)) {
            assertThat(file.name()).contains("orders");
            assertThat(Rot.texts(file, 0)).endsWith(before.toArray(String[]::new));
            assertThat(file.ping().oldest()).isZero();
            assertThat(Rot.commit(file, "more")).isEqualTo(10);
        }
    }

    @Test
    void headersAndSuperblocksAreMadeAnewInARingThatHasGoneRound() {
        List<String> before = fill(20_000);
        long next = 20_000;
        Rot.overwrite(path, SUPERBLOCKS, ZEROS);
        Rot.overwrite(path, HEADERS, ZEROS);
        RotFile.rebuild(path, told::add);
        assertThat(told).hasSize(2);
        try (RotFile file = RotFile.open(path)) {
            assertThat(file.findings()).isEmpty();
            assertThat(file.ping().next()).isEqualTo(next);
            assertThat(Rot.texts(file, 0)).endsWith(before.toArray(String[]::new));
            List<String> damage = new ArrayList<>();
            file.check(damage::add, bytes -> {});
            assertThat(damage).noneMatch(text -> text.contains("messages"));
        }
    }

    @Test
    void aFileOfOnlySuperblocksLostKeepsItsHeaders() {
        List<String> before = fill(100);
        Rot.overwrite(path, SUPERBLOCKS, ZEROS);
        RotFile.rebuild(path, told::add);
        assertThat(told).singleElement().asString().contains("superblocks");
        try (RotFile file = RotFile.open(path)) {
            assertThat(Rot.texts(file, 0)).isEqualTo(before);
        }
    }

    @Test
    void aFileThatWasCutKeepsWhatIsLeftOfIt() throws IOException {
        List<String> before = fill(20_000); // round and round
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(200 << 10);
        }
        assertThatThrownBy(() -> RotFile.open(path).close()).hasMessageContaining("was cut");
        RotFile.rebuild(path, told::add);
        assertThat(told).singleElement().asString().contains("204800 bytes instead of 262144");
        List<String> kept = new ArrayList<>();
        try (RotFile file = RotFile.open(path);
                Messages messages = new Messages()) {
            assertThat(file.name()).contains("orders");
            for (long id = file.ping().oldest(); id < file.ping().next(); ) {
                try {
                    file.read(id, 1, messages);
                    messages.next();
                    assertThat(messages.id()).isEqualTo(id++);
                    kept.add(new String(messages.toByteArray(), StandardCharsets.UTF_8));
                } catch (QueueException.CorruptMessageException e) {
                    id = e.resumeId();
                }
            }
        }
        assertThat(before).containsSubsequence(kept);
        assertThat(kept).hasSizeBetween(before.size() * 2 / 3, before.size() * 9 / 10);
    }

    @Test
    void aFileThatWasExtendedKeepsEverything() throws IOException {
        List<String> before = fill(100);
        Files.write(path, new byte[1000], StandardOpenOption.APPEND);
        RotFile.rebuild(path, told::add);
        assertThat(told).singleElement().asString().contains("what was added is left out");
        try (RotFile file = RotFile.open(path)) {
            assertThat(Rot.texts(file, 0)).isEqualTo(before);
        }
    }

    @Test
    void nothingIsMadeOfNothing() {
        Rot.overwrite(path, HEADERS, ZEROS);
        assertThatThrownBy(() -> RotFile.rebuild(path, told::add))
                .isInstanceOf(QueueException.NotARotFileException.class);
        Rot.overwrite(path, SUPERBLOCKS, ZEROS);
        assertThatThrownBy(() -> RotFile.rebuild(path, told::add))
                .isInstanceOf(QueueException.NotARotFileException.class);
    }

    @Test
    void aQueueMayBeginAtAnotherIdAndTime() {
        Path other = directory.resolve("other.rot");
        RotFile.create(
                other,
                CreateOptions.ofSize(96 << 10).continuing(1L << 40, Instant.ofEpochMilli(4_500)));
        try (RotFile file = RotFile.open(other);
                Batch batch = new Batch();
                Messages messages = new Messages()) {
            assertThat(file.ping().oldest()).isEqualTo(1L << 40);
            assertThat(file.push(batch.add("a").time(5_000))).isEqualTo(1L << 40);
            file.push(batch.clear().add("b").time(4_000));
            file.commit();
            file.read(0, 10, messages);
            assertThat(messages.skipped()).isEqualTo(1L << 40);
            messages.next();
            assertThat(messages.timeMillis()).isEqualTo(5_000);
            messages.next();
            assertThat(messages.timeMillis()).isEqualTo(5_000); // times never decrease
        }
        try (RotFile file = RotFile.open(other)) {
            assertThat(file.ping().next()).isEqualTo((1L << 40) + 2);
        }
    }

    private List<String> fill(int count) {
        try (RotFile file = RotFile.open(path)) {
            for (int i = 0; i < count; i++) {
                Rot.push(file, "message " + i + " of a queue");
                if (i % 7 == 0) file.commit();
            }
            file.commit();
            return Rot.texts(file, 0);
        }
    }
}
