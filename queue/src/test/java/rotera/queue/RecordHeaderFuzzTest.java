package rotera.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import java.util.zip.CRC32C;
import rotera.queue.buffer.LittleEndian;
import rotera.queue.format.ProducerTable;
import rotera.queue.format.ProducerTableCodec;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Superblock;
import rotera.queue.record.RecordBuffer;

/** The head and the body of a record: what is accepted lies within its limits and is kept. */
class RecordHeaderFuzzTest {
    private static final Superblock SUPERBLOCK = Superblock.create(96 << 10, 0, new UUID(1, 2), 5);

    @FuzzTest
    void record(byte[] input) {
        if (input.length < RecordHeader.BYTES) return;
        MemorySegment bytes = MemorySegment.ofArray(input.clone());
        long position = bytes.get(LittleEndian.U64, RecordHeader.AT_POSITION);
        if ((input[0] & 1) == 0) fix(bytes);
        RecordHeader header = new RecordHeader();
        if (!header.decode(bytes, 0, position, SUPERBLOCK)) return;
        assertThat(header.count).isBetween(0, Queue.MAX_PUSH_MESSAGES);
        assertThat(header.endId()).isGreaterThanOrEqualTo(header.firstId);
        assertThat(header.endPosition()).isGreaterThan(position);
        assertThat(header.space()).isBetween(64L, SUPERBLOCK.maxPushSpace());
        assertThat(header.encode(SUPERBLOCK.salt()).toArray(JAVA_BYTE))
                .isEqualTo(bytes.asSlice(0, RecordHeader.BYTES).toArray(JAVA_BYTE));
        body(header, bytes);
    }

    private static void body(RecordHeader header, MemorySegment bytes) {
        if (header.bodyBytes > bytes.byteSize() - header.bodyAt()) return;
        if (header.kind == RecordHeader.MESSAGES) {
            try (Messages messages = new Messages()) {
                RecordBuffer buffer = messages.buffer();
                buffer.segment().copyFrom(bytes);
                assertThat(buffer.decode(0, header.position, SUPERBLOCK)).isTrue();
                if (!buffer.wellFormed(header.bodyAt())) return;
                buffer.add(0, SUPERBLOCK.salt());
                buffer.begin(header.firstId);
                buffer.show(Long.MAX_VALUE, 0);
                while (messages.next()) EnvelopeFuzzTest.assertSurvives(messages.envelope());
            }
        } else if (ProducerTableCodec.wellFormed(bytes, RecordHeader.BYTES, header.bodyBytes)) {
            ProducerTable table = new ProducerTable(SUPERBLOCK.producers());
            ProducerTableCodec.decode(bytes, RecordHeader.BYTES, header.bodyBytes, table);
            assertThat(table.size()).isLessThanOrEqualTo(SUPERBLOCK.producers());
            MemorySegment again = ProducerTableCodec.encode(table);
            ProducerTable copy = new ProducerTable(SUPERBLOCK.producers());
            ProducerTableCodec.decode(again, 0, (int) again.byteSize(), copy);
            assertThat(ProducerTableCodec.encode(copy).mismatch(again)).isEqualTo(-1);
        }
    }

    private static void fix(MemorySegment bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.asSlice(4, RecordHeader.BYTES - 4).asByteBuffer());
        bytes.set(LittleEndian.U32, 0, (int) crc.getValue() ^ SUPERBLOCK.salt());
    }
}
