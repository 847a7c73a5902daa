package rotera.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import rotera.protocol.ErrorReply;
import rotera.protocol.Frame;
import rotera.protocol.QueueInfo;
import rotera.protocol.QueueInfoCodec;
import rotera.queue.Batch;
import rotera.queue.QueueException;

/** What goes out for which requests, and what becomes of the replies: without a server. */
final class RequestPipelineTest {
    private static final int REMEMBERED = 2;

    private final List<String> outcomes = new ArrayList<>();
    private final List<Supplier<QueueException>> failures = new ArrayList<>();
    private final PushAccumulator pushes = new PushAccumulator();
    private final QueueInfo info = info();
    private final RequestPipeline pipeline =
            new RequestPipeline(new Recorder(), pushes, true, info);
    private final Output output = new Output();
    private ReceiveBuffer input = new ReceiveBuffer(1 << 10);

    RequestPipelineTest() {
        pipeline.connected(info, REMEMBERED, OptionalInt.empty());
    }

    private static QueueInfo info() {
        byte[] bytes = FakeServer.description(new UUID(1, 2));
        return QueueInfoCodec.decode(MemorySegment.ofArray(bytes), 0, bytes.length);
    }

    /** Names futures by their number, in the order of their making. */
    private final class Recorder implements InFlightRequest.Outcome {
        @Override
        public void settle(ReplyFuture future, long value) {
            outcomes.add(futures.indexOf(future) + "=" + value);
        }

        @Override
        public void fail(ReplyFuture future, Supplier<QueueException> failure) {
            outcomes.add(futures.indexOf(future) + " failed");
            failures.add(failure);
        }

        @Override
        public void roomMade() {}

        @Override
        public void noRoom(Supplier<QueueException> reason) {}
    }

    /** A socket that takes everything, or so many bytes. */
    private static final class Output implements GatheringByteChannel {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int left = Integer.MAX_VALUE;

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) {
            long written = 0;
            for (int i = offset; i < offset + length; i++) written += write(sources[i]);
            return written;
        }

        @Override
        public long write(ByteBuffer[] sources) {
            return write(sources, 0, sources.length);
        }

        @Override
        public int write(ByteBuffer source) {
            byte[] taken = new byte[Math.min(left, source.remaining())];
            source.get(taken);
            bytes.writeBytes(taken);
            left -= taken.length;
            return taken.length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private final List<ReplyFuture> futures = new ArrayList<>();

    private ReplyFuture future() {
        futures.add(new ReplyFuture((future, nanos, interruptible) -> {}));
        return futures.getLast();
    }

    private void push(int messages) {
        try (Batch batch = new Batch()) {
            for (int i = 0; i < messages; i++) batch.add("message");
            boolean _ = pipeline.push(batch, future());
        }
    }

    private void pushAndFlush(int messages) {
        push(messages);
        pipeline.flush();
    }

    private void commit() {
        Request commit = new Request(Frame.COMMIT);
        commit.futures().add(future());
        pipeline.add(commit);
    }

    /** What was sent since the last call. */
    private List<byte[]> sent() throws IOException {
        pipeline.send(output);
        List<byte[]> frames = new ArrayList<>();
        ByteArrayInputStream bytes = new ByteArrayInputStream(output.bytes.toByteArray());
        while (bytes.available() > 0) frames.add(FakeServer.readFrame(new DataInputStream(bytes)));
        output.bytes.reset();
        return frames;
    }

    private static String text(byte[] frame) {
        MemorySegment segment = MemorySegment.ofArray(frame);
        if (Frame.kind(segment, 0) != Frame.PUSH) return "kind " + Frame.kind(segment, 0);
        return "%d messages from %d"
                .formatted(
                        Frame.u32(segment, Frame.AT_PUSH_MESSAGES),
                        Frame.u32(segment, Frame.AT_PUSH_SEQUENCE));
    }

    private static int tag(byte[] frame) {
        return Frame.tag(MemorySegment.ofArray(frame), 0);
    }

    private void receive(byte[] bytes) throws IOException {
        boolean _ = input.read(Channels.newChannel(new ByteArrayInputStream(bytes)));
        pipeline.receive(input);
    }

    private void reconnect(OptionalInt lastSequence) {
        pipeline.disconnected();
        input = new ReceiveBuffer(1 << 10);
        pipeline.connected(info, REMEMBERED, lastSequence);
    }

    @Test
    void aPushAndItsCommitAreSentTogetherAndSettledByTheirReplies() throws IOException {
        push(1);
        push(2);
        assertThat(sent()).isEmpty();
        commit();
        List<byte[]> sent = sent();
        assertThat(sent)
                .extracting(RequestPipelineTest::text)
                .containsExactly("3 messages from 0", "kind 4");
        receive(FakeServer.reply(sent.get(0), 7, 7));
        assertThat(outcomes).containsExactly("0=7", "1=8");
        assertThat(pushes.hasUncommitted()).isTrue();
        receive(FakeServer.reply(sent.get(1), 10));
        assertThat(outcomes).containsExactly("0=7", "1=8", "2=10");
        assertThat(pipeline.hasPending()).isFalse();
        assertThat(pushes.hasUncommitted()).isFalse();
    }

    @Test
    void repliesMayComeByteByByte() throws IOException {
        pushAndFlush(1);
        byte[] reply = FakeServer.reply(sent().getFirst(), 7, 8);
        for (int i = 0; i < reply.length; i++) {
            assertThat(outcomes).isEmpty();
            receive(new byte[] {reply[i]});
        }
        assertThat(outcomes).containsExactly("0=7");
        assertThat(pushes.hasUncommitted()).isFalse();
    }

    @Test
    void onlySoManyPushesAreInFlightAndTheOthersBecomeOne() throws IOException {
        for (int i = 0; i < 5; i++) pushAndFlush(1);
        commit();
        commit();
        List<byte[]> sent = sent();
        assertThat(sent)
                .extracting(RequestPipelineTest::text)
                .containsExactly("1 messages from 0", "1 messages from 1");
        receive(FakeServer.reply(sent.getFirst(), 0, 0));
        assertThat(sent())
                .extracting(RequestPipelineTest::text)
                .containsExactly("3 messages from 2", "kind 4");
    }

    @Test
    void whatWasInFlightIsSentAgainInOrderWithItsSequence() throws IOException {
        pushAndFlush(1);
        pushAndFlush(2);
        commit();
        List<byte[]> first = sent();
        reconnect(OptionalInt.empty());
        List<byte[]> again = sent();
        assertThat(again)
                .extracting(RequestPipelineTest::text)
                .containsExactly("1 messages from 0", "2 messages from 1", "kind 4");
        assertThat(again)
                .extracting(RequestPipelineTest::tag)
                .doesNotContainAnyElementsOf(first.stream().map(RequestPipelineTest::tag).toList());
        receive(FakeServer.reply(again.get(0), 0, 0));
        receive(FakeServer.reply(again.get(1), 1, 1));
        receive(FakeServer.reply(again.get(2), 3));
        assertThat(outcomes).containsExactly("0=0", "1=1", "2=3");
    }

    @Test
    void whatWasWrittenInPartIsSentAgainAsAWhole() throws IOException {
        pushAndFlush(1);
        output.left = 9;
        pipeline.send(output);
        assertThat(pipeline.wantsToWrite()).isTrue();
        output.bytes.reset();
        output.left = Integer.MAX_VALUE;
        reconnect(OptionalInt.empty());
        assertThat(sent())
                .extracting(RequestPipelineTest::text)
                .containsExactly("1 messages from 0");
        assertThat(pipeline.wantsToWrite()).isFalse();
    }

    @Test
    void acknowledgedPushesThatTheServerHasLostAreSentAgainBeforeOthers() throws IOException {
        for (int i = 0; i < 3; i++) {
            pushAndFlush(1);
            receive(FakeServer.reply(sent().getFirst(), i, 0));
        }
        pushAndFlush(1);
        assertThat(sent()).hasSize(1);
        reconnect(OptionalInt.of(0)); // it has the first one
        List<byte[]> again = sent();
        assertThat(again)
                .extracting(RequestPipelineTest::text)
                .containsExactly("1 messages from 1", "1 messages from 2");
        receive(FakeServer.reply(again.getFirst(), 1, 0));
        assertThat(sent())
                .extracting(RequestPipelineTest::text)
                .containsExactly("1 messages from 3");
        assertThat(outcomes).containsExactly("0=0", "1=1", "2=2");
    }

    @Test
    void nothingIsSentAgainThatIsOnTheDisk() throws IOException {
        pushAndFlush(3);
        receive(FakeServer.reply(sent().getFirst(), 0, 3));
        reconnect(OptionalInt.empty());
        assertThat(sent()).isEmpty();
    }

    @Test
    void aReplyWithoutItsRequestIsMalformed() throws IOException {
        pushAndFlush(1);
        byte[] reply = FakeServer.reply(sent().getFirst(), 0, 0);
        reply[Frame.AT_TAG]++;
        assertThatThrownBy(() -> receive(reply)).isInstanceOf(MalformedReply.class);
        reconnect(OptionalInt.empty());
        output.left = 3;
        pipeline.send(output);
        reply[Frame.AT_TAG]++;
        assertThatThrownBy(() -> receive(reply))
                .isInstanceOf(MalformedReply.class)
                .hasMessageContaining("nobody has asked for");
    }

    @Test
    void anErrorIsMadeAnewForEachThatWaits() throws IOException {
        push(1);
        push(1);
        pipeline.flush();
        receive(FakeServer.error(sent().getFirst(), ErrorReply.QUEUE_FAILED, 0, 0, 0));
        assertThat(outcomes).containsExactly("0 failed", "1 failed");
        QueueException first = failures.get(0).get();
        assertThat(first).isInstanceOf(QueueException.QueueFailedException.class);
        assertThat(failures.get(1).get()).isNotSameAs(first).hasSameClassAs(first);
        assertThat(failures.get(1).get()).hasMessage(first.getMessage());
    }

    @Test
    void everythingThatIsPendingFailsWhenItIsGivenUp() throws IOException {
        for (int i = 0; i < 4; i++) pushAndFlush(1);
        commit();
        assertThat(sent()).hasSize(REMEMBERED);
        pipeline.disconnected();
        pipeline.giveUp(() -> new QueueException.TimedOutException("too late"));
        assertThat(outcomes)
                .containsExactlyInAnyOrder(
                        "0 failed", "1 failed", "2 failed", "3 failed", "4 failed");
        assertThat(pipeline.hasPending()).isFalse();
        assertThat(pushes.hasUncommitted()).isFalse();
    }
}
