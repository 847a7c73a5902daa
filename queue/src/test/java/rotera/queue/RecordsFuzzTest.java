package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static rotera.queue.buffer.LittleEndian.U32;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import rotera.queue.record.WireRecord;

/**
 * Records as they come from a server: refused as a {@link
 * QueueException.ChecksumMismatchException}, or taken, and then they are given on as they came.
 */
class RecordsFuzzTest {

    /** The first two bytes: whether checksums are made to fit, and the id that was asked for. */
    @FuzzTest
    void records(byte[] input) {
        if (input.length < 2) return;
        byte[] records = java.util.Arrays.copyOfRange(input, 2, input.length);
        if ((input[0] & 1) != 0) fixChecksums(records);
        try (Messages messages = new Messages()) {
            MemorySegment.copy(
                    MemorySegment.ofArray(records),
                    0,
                    messages.receive(records.length),
                    0,
                    records.length);
            int most = (input[0] & 2) != 0 ? 3 : Integer.MAX_VALUE;
            messages.takeRecords(this, records.length, input[1] & 0xff, most, 0);
            if (messages.count() == 0) return;
            take(messages, records);
            while (messages.nextRecords(this, messages.nextId(), most))
                assertThat(walk(messages)).hasSize(messages.count());
        } catch (QueueException.ChecksumMismatchException e) {
            // refused
        }
    }

    private static void take(Messages messages, byte[] records) {
        List<byte[]> values = walk(messages);
        assertThat(values).hasSize(messages.count());
        MemorySegment copied = MemorySegment.ofArray(new byte[(int) messages.recordBytes()]);
        messages.copyRecords(copied, 0);
        assertThat(copied.byteSize()).isLessThanOrEqualTo(records.length);
        byte[] packed = new byte[(int) messages.packedBytes()];
        messages.pack(MemorySegment.ofArray(packed), 0);
        try (Batch batch = new Batch()) {
            batch.wrap(MemorySegment.ofArray(packed), 0, messages.count());
            for (int i = 0; i < values.size(); i++)
                assertThat(batch.body().length(i)).isEqualTo(values.get(i).length);
        }
    }

    /** The values of the messages, whose envelopes survive being written again. */
    private static List<byte[]> walk(Messages messages) {
        List<byte[]> values = new ArrayList<>();
        long id = messages.firstId();
        while (messages.next()) {
            assertThat(messages.id()).isEqualTo(id++);
            values.add(messages.toByteArray());
            EnvelopeFuzzTest.assertSurvives(messages.envelope());
        }
        messages.rewind();
        return values;
    }

    private static void fixChecksums(byte[] records) {
        MemorySegment all = MemorySegment.ofArray(records);
        for (long at = 0; at + WireRecord.BYTES <= records.length; ) {
            long bytes = all.get(U32, at + 20);
            if (bytes < 0 || bytes > records.length - at - WireRecord.BYTES) return;
            CRC32C crc = new CRC32C();
            crc.update(records, (int) at + WireRecord.BYTES, (int) bytes);
            all.set(U32, at + 24, (int) crc.getValue());
            at += WireRecord.BYTES + bytes;
        }
    }
}
