package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import rotera.queue.disk.Clock;
import rotera.queue.record.WireRecord;

/** Records on their way from one {@link Messages} to another. */
final class WireRecordTest {
    private static final Object OWNER = new Object();

    private final Messages read = new Messages();
    private final Messages received = new Messages();

    @Test
    void allMessagesArriveWithIdsAndTimes() throws IOException {
        try (RotFile file = twoRecords()) {
            file.read(0, 100, read);
            send(read, 0, 100);
            assertThat(values()).containsExactly("a", "bb", "", "c", "dd");
            assertThat(received.firstId()).isZero();
            received.rewind();
            assertThat(received.next()).isTrue();
            read.rewind();
            read.next();
            assertThat(received.timeMillis()).isEqualTo(read.timeMillis());
        }
    }

    @Test
    void whatWasNotAskedForComesAlongAndIsLeftOut() throws IOException {
        try (RotFile file = twoRecords()) {
            file.read(1, 3, read);
            assertThat(read.recordBytes()).isEqualTo(2 * WireRecord.BYTES + 4 * 3 + 3 + 4 * 2 + 3);
            send(read, 1, 3);
            assertThat(values()).containsExactly("bb", "", "c");
            assertThat(received.firstId()).isEqualTo(1);
            assertThat(received.nextRecords(OWNER, 4, 10)).isTrue();
            assertThat(values()).containsExactly("dd");
            assertThat(received.nextRecords(OWNER, 5, 10)).isFalse();
            assertThat(received.nextRecords(new Object(), 4, 10)).isFalse();
        }
    }

    @Test
    void envelopesArrive() throws IOException {
        try (RotFile file = file()) {
            Envelope envelope = Envelope.NONE.withKey(new byte[] {'k'});
            file.push(new Batch().add("plain").add(envelope, new byte[] {'v'}));
            file.commit();
            file.read(0, 10, read);
            send(read, 0, 10);
            assertThat(values()).containsExactly("plain", "v");
            received.rewind();
            received.next();
            received.next();
            assertThat(received.envelope().key()).contains(new byte[] {'k'});
        }
    }

    @Test
    void nothingIsNothing() {
        received.receive(0);
        received.takeRecords(OWNER, 0, 7, 10, 3);
        assertThat(received.count()).isZero();
        assertThat(received.firstId()).isEqualTo(7);
        assertThat(received.skipped()).isEqualTo(3);
        assertThat(received.nextId()).isEqualTo(7);
    }

    @Test
    void everyDamagedBitOfABodyIsNoticed() throws IOException {
        try (RotFile file = twoRecords()) {
            file.read(0, 3, read);
            long bytes = read.recordBytes();
            for (long bit = 0; bit < 8 * bytes; bit++) {
                long at = bit / 8;
                MemorySegment target = received.receive(bytes);
                read.copyRecords(target, 0);
                byte before = target.get(ValueLayout.JAVA_BYTE, at);
                target.set(ValueLayout.JAVA_BYTE, at, (byte) (before ^ (1 << (bit % 8))));
                boolean isTimeOrFlags = (at >= 8 && at < 16) || (at >= 28 && at < 32);
                if (isTimeOrFlags) continue; // not under the checksum: TCP's own has to do
                assertThatThrownBy(() -> received.takeRecords(OWNER, bytes, 0, 3, 0))
                        .as("bit %d", bit)
                        .isInstanceOf(QueueException.ChecksumMismatchException.class);
                assertThat(received.next()).isFalse();
            }
        }
    }

    @Test
    void aPushOfOtherBytesThanExpectedIsRefused() throws IOException {
        try (RotFile file = file()) {
            Batch batch = new Batch().add("one").add("two");
            int checksum = batch.checksum();
            assertThatThrownBy(() -> file.push(batch.expect(checksum + 1)))
                    .isInstanceOf(QueueException.ChecksumMismatchException.class)
                    .hasMessageContaining("%08x".formatted(checksum + 1));
            assertThat(file.push(batch.expect(checksum))).isZero();
            assertThat(file.commit()).isEqualTo(2);
        }
    }

    @Test
    void aLargePushIsComparedAsAWhole() throws IOException {
        try (RotFile file = file()) {
            Batch batch = new Batch();
            for (int i = 0; i < 60; i++) batch.add(new byte[100]);
            assertThatThrownBy(() -> file.push(batch.expect(batch.checksum() + 1)))
                    .isInstanceOf(QueueException.ChecksumMismatchException.class);
            assertThat(file.push(batch.expect(batch.checksum()))).isZero();
        }
    }

    private void send(Messages from, long id, int most) {
        long bytes = from.recordBytes();
        from.copyRecords(received.receive(bytes), 0);
        received.takeRecords(OWNER, bytes, id, most, 0);
    }

    private List<String> values() {
        List<String> values = new ArrayList<>();
        while (received.next())
            values.add(new String(received.toByteArray(), StandardCharsets.UTF_8));
        return values;
    }

    private static RotFile file() throws IOException {
        MemoryDisk disk = new MemoryDisk(Rot.SMALLEST);
        RotFile.format(disk, CreateOptions.ofSize(Rot.SMALLEST), Clock.SYSTEM);
        return RotFile.open(disk, Path.of("memory"), Clock.SYSTEM);
    }

    private static RotFile twoRecords() throws IOException {
        RotFile file = file();
        file.push(new Batch().add("a").add("bb").add(""));
        file.push(new Batch().add("c").add("dd"));
        file.commit();
        return file;
    }
}
