package rotera.benchmark.micro;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import rotera.queue.Envelope;
import rotera.queue.format.EnvelopeCodec;
import rotera.queue.format.RecordHeader;
import rotera.queue.record.WireRecord;

/** Heads of records in the file and on the wire, once in a push; an envelope, once in a message. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {
    private static final Envelope ENVELOPE =
            new Envelope(
                    Optional.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}),
                    OptionalLong.of(1_700_000_000_000L),
                    List.of(new Envelope.Header("trace", Optional.of(new byte[16]))),
                    false);

    @Benchmark
    public MemorySegment encodeRecordHeader(Body body) {
        body.describe(1);
        return body.header.encode(body.superblock.salt());
    }

    @Benchmark
    public boolean encodeAndDecodeRecordHeader(Body body) {
        body.describe(1);
        MemorySegment encoded = body.header.encode(body.superblock.salt());
        MemorySegment.copy(encoded, 0, body.target.segment(), 0, RecordHeader.BYTES);
        return body.header.decode(body.target.segment(), 0, 4096, body.superblock);
    }

    @Benchmark
    public MemorySegment encodeWireRecord(Body body) {
        WireRecord.encode(body.target.segment(), 0, 1, 2, Body.MESSAGES, 104_000, 3, false);
        return body.target.segment();
    }

    @Benchmark
    public long encodeEnvelope(Body body) {
        EnvelopeCodec.encode(ENVELOPE, body.target.segment(), 0);
        return EnvelopeCodec.measure(body.target.segment(), 0, 200);
    }

    @Benchmark
    public Envelope decodeEnvelope(Body body) {
        EnvelopeCodec.encode(ENVELOPE, body.target.segment(), 0);
        return EnvelopeCodec.decode(body.target.segment(), 0);
    }
}
