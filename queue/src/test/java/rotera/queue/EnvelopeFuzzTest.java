package rotera.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;
import rotera.queue.format.EnvelopeCodec;

/** Bytes that may be an envelope: whatever is accepted can be decoded, within its message. */
class EnvelopeFuzzTest {
    @FuzzTest
    void envelope(byte[] input) {
        // Behind the message comes another one, which must not be touched.
        MemorySegment exact = MemorySegment.ofArray(input);
        long bytes = EnvelopeCodec.measure(exact, 0, input.length);
        MemorySegment longer = MemorySegment.ofArray(new byte[input.length + 16]).fill((byte) -1);
        longer.asSlice(0, input.length).copyFrom(exact);
        assertThat(EnvelopeCodec.measure(longer, 0, input.length)).isEqualTo(bytes);
        if (bytes < 0) return;
        assertThat(bytes).isBetween(1L, (long) input.length);
        assertSurvives(EnvelopeCodec.decode(exact, 0));
        assertThat(EnvelopeCodec.decode(exact.asSlice(0, bytes), 0).nullValue())
                .isEqualTo(EnvelopeCodec.nullValue(exact, 0));
    }

    /** It is the same after it was written and read. */
    static void assertSurvives(Envelope envelope) {
        byte[] first = encoded(envelope);
        assertThat(EnvelopeCodec.measure(MemorySegment.ofArray(first), 0, first.length))
                .isEqualTo(first.length);
        byte[] second = encoded(EnvelopeCodec.decode(MemorySegment.ofArray(first), 0));
        assertThat(second).isEqualTo(first);
    }

    private static byte[] encoded(Envelope envelope) {
        MemorySegment target =
                MemorySegment.ofArray(new byte[Math.toIntExact(EnvelopeCodec.bytes(envelope))]);
        EnvelopeCodec.encode(envelope, target, 0);
        return target.toArray(JAVA_BYTE);
    }
}
