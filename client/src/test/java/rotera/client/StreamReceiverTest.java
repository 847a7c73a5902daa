package rotera.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import rotera.protocol.Frame;
import rotera.protocol.QueueInfoCodec;
import rotera.queue.QueueException;
import rotera.queue.RotFileInfo;
import rotera.queue.Start;

/** What a stream asks for, and what it makes of the replies: without a server. */
final class StreamReceiverTest {
    private static final int TOTAL = 1000;

    private ReceiveBuffer input = new ReceiveBuffer(1 << 10);

    private static StreamReceiver receiver(Start start) {
        return new StreamReceiver(start, TOTAL, file(), true);
    }

    private static RotFileInfo file() {
        byte[] bytes = FakeServer.description(new UUID(1, 2));
        return QueueInfoCodec.decode(MemorySegment.ofArray(bytes), 0, bytes.length).file();
    }

    private static byte[] request(StreamReceiver receiver) {
        ByteBuffer request = receiver.request(5);
        byte[] bytes = new byte[request.remaining()];
        request.get(bytes);
        return bytes;
    }

    private static void assertAsksFor(StreamReceiver receiver, int kind, long start) {
        MemorySegment request = MemorySegment.ofArray(request(receiver));
        assertThat(Frame.kind(request, 0)).isEqualTo(Frame.STREAM);
        assertThat(Frame.flags(request, 0)).isEqualTo(kind);
        assertThat(Frame.u64(request, Frame.AT_START)).isEqualTo(start);
        assertThat(Frame.u64(request, Frame.AT_TOTAL)).isEqualTo(TOTAL);
    }

    /** The head of a batch that begins with a message, and has so many bytes of records. */
    private static byte[] batch(StreamReceiver receiver, long first, int recordBytes) {
        byte[] frame =
                FakeServer.reply(
                        request(receiver),
                        new byte[Frame.BATCH_HEAD_BYTES - Frame.HEAD_BYTES + recordBytes]);
        Frame.u64(MemorySegment.ofArray(frame), Frame.AT_BATCH_FIRST, first);
        return frame;
    }

    private boolean receive(StreamReceiver receiver, byte[] bytes) throws IOException {
        boolean _ = input.read(Channels.newChannel(new ByteArrayInputStream(bytes)));
        return receiver.receive(input, false);
    }

    @Test
    void theStartIsAskedForAsItWasGiven() {
        assertAsksFor(receiver(Start.oldest()), Frame.FROM_OLDEST, 0);
        assertAsksFor(receiver(Start.end()), Frame.FROM_END, 0);
        assertAsksFor(receiver(Start.id(7)), Frame.FROM_ID, 7);
        assertAsksFor(receiver(Start.time(Instant.ofEpochMilli(8))), Frame.FROM_TIME, 8);
    }

    @Test
    void theFirstReplySaysWhereTheStreamBeginsAndTheNextConnectionGoesOnThere() throws Exception {
        StreamReceiver receiver = receiver(Start.end());
        assertThat(receiver.isStartKnown()).isFalse();
        assertThat(receive(receiver, batch(receiver, 42, 0))).isFalse();
        assertThat(receiver.isStartKnown()).isTrue();
        assertThat(receiver.isAnswered()).isTrue();
        receiver.disconnected();
        assertThat(receiver.isAnswered()).isFalse();
        assertAsksFor(receiver, Frame.FROM_ID, 42);
    }

    @Test
    void aBatchThatWasCutIsForgotten() throws Exception {
        StreamReceiver receiver = receiver(Start.id(3));
        byte[] batch = batch(receiver, 3, 100);
        assertThat(receive(receiver, java.util.Arrays.copyOf(batch, batch.length - 1))).isFalse();
        receiver.disconnected();
        input = new ReceiveBuffer(1 << 10);
        assertThat(receive(receiver, batch(receiver, 3, 0))).isFalse();
        assertAsksFor(receiver, Frame.FROM_ID, 3);
    }

    @Test
    void messagesThatWereNotAskedForAreMalformed() {
        StreamReceiver receiver = receiver(Start.id(3));
        assertThatThrownBy(() -> receive(receiver, batch(receiver, 2, 100)))
                .isInstanceOf(MalformedReply.class)
                .hasMessageContaining("messages from 2 instead of 3");
    }

    @Test
    void damageIsToldAndLeftBehind() {
        StreamReceiver receiver = receiver(Start.id(3));
        assertThatThrownBy(
                        () -> receive(receiver, FakeServer.error(request(receiver), 7, 5, 9, 4096)))
                .isInstanceOf(QueueException.CorruptMessageException.class);
        assertAsksFor(receiver, Frame.FROM_ID, 9);
    }
}
