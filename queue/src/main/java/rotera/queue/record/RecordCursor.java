package rotera.queue.record;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static rotera.queue.buffer.LittleEndian.U32;

import java.lang.foreign.MemorySegment;
import rotera.queue.Envelope;
import rotera.queue.Producer;
import rotera.queue.buffer.SequenceNumber;
import rotera.queue.format.EnvelopeCodec;

/** Steps over the messages of a {@link RecordBuffer}'s window. Allocates nothing for a message. */
public final class RecordCursor {
    private final RecordBuffer buffer;
    private final RecordBuffer.Place place = new RecordBuffer.Place();
    private int remaining;

    // The message that it stands on.
    private long id = -1;
    private long offset;
    private int length;
    private long messageAt;
    private boolean enveloped;
    private long timeMillis;

    RecordCursor(RecordBuffer buffer) {
        this.buffer = buffer;
    }

    /** Goes to before the first message of the window. */
    public void rewind() {
        place.set(buffer.begin);
        remaining = buffer.count();
    }

    /** Another window is shown. */
    public void reset() {
        rewind();
        id = -1;
    }

    /** Steps to the next message; false behind the last one. */
    public boolean next() {
        if (remaining == 0) return false;
        remaining--;
        RecordBuffer.Part part = buffer.part(place.part);
        while (place.index == part.count) {
            part = buffer.part(++place.part);
            place.index = 0;
            place.payloadAt = part.payloadAt();
        }
        MemorySegment segment = buffer.segment();
        length = segment.get(U32, part.lengthAt(place.index));
        messageAt = place.payloadAt;
        offset = messageAt;
        id = part.firstId + place.index;
        timeMillis = part.timeMillis;
        enveloped = part.envelopes;
        place.index++;
        place.payloadAt += length;
        if (enveloped) {
            int prefix = (int) EnvelopeCodec.measure(segment, messageAt, length);
            offset += prefix;
            length -= prefix;
        }
        return true;
    }

    public long id() {
        return id;
    }

    /** When the message was pushed, as the clock of the machine had it. */
    public long timeMillis() {
        return timeMillis;
    }

    /** The time that a search goes by, which never decreases within a file. */
    public long orderMillis() {
        return buffer.part(place.part).orderMillis;
    }

    /** Where in the memory of the buffer the value begins. */
    public long offset() {
        return offset;
    }

    /** Bytes of the value. */
    public int length() {
        return length;
    }

    /** Bytes of the envelope in front of the value. */
    public int envelopeBytes() {
        return enveloped ? (int) (offset - messageAt) : 0;
    }

    public byte[] toByteArray() {
        byte[] copy = new byte[length];
        MemorySegment.copy(buffer.segment(), JAVA_BYTE, offset, copy, 0, length);
        return copy;
    }

    public Envelope envelope() {
        return enveloped ? EnvelopeCodec.decode(buffer.segment(), messageAt) : Envelope.NONE;
    }

    /** Who pushed the message, with the producer's number of it. */
    public Producer producer() {
        RecordBuffer.Part part = buffer.part(place.part);
        if (part.producerId == 0) return Producer.NONE;
        return new Producer(
                part.producerId,
                part.producerEpoch,
                SequenceNumber.plus(part.sequence, place.index - 1));
    }
}
