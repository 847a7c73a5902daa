package rotera.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import rotera.protocol.Frame;
import rotera.protocol.QueueInfoCodec;
import rotera.queue.Batch;
import rotera.queue.QueueException;

/** Which pushes become one, how they are numbered, and how much is kept. */
final class PushAccumulatorTest {
    private static final int MEBIBYTE = 1 << 20;

    private final PushAccumulator pushes = new PushAccumulator();

    PushAccumulatorTest() {
        byte[] bytes = FakeServer.description(new UUID(1, 2));
        pushes.limits(QueueInfoCodec.decode(MemorySegment.ofArray(bytes), 0, bytes.length).file());
    }

    private boolean add(Batch batch) {
        return pushes.add(batch, new ReplyFuture((future, nanos, interruptible) -> {}));
    }

    private PushBatch seal() {
        return Objects.requireNonNull(pushes.seal());
    }

    @Test
    void pushesBecomeOneAndAreNumberedOn() {
        try (Batch batch = new Batch().add("a").add("b")) {
            assertThat(add(batch)).isFalse();
            assertThat(add(batch)).isFalse();
            PushBatch first = seal();
            assertThat(first.count()).isEqualTo(4);
            assertThat(first.lastSequence()).isEqualTo(3);
            assertThat(add(batch)).isFalse();
            assertThat(seal().lastSequence()).isEqualTo(5);
            assertThat(pushes.seal()).isNull();
        }
    }

    @Test
    void messagesWithAndWithoutEnvelopesAreNotInOnePush() {
        try (Batch plain = new Batch().add("a");
                Batch enveloped =
                        new Batch()
                                .add(
                                        rotera.queue.Envelope.NONE.withKey(new byte[1]),
                                        new byte[1])) {
            assertThat(pushes.fits(enveloped)).isTrue();
            assertThat(add(plain)).isFalse();
            assertThat(pushes.fits(plain)).isTrue();
            assertThat(pushes.fits(enveloped)).isFalse();
        }
    }

    @Test
    void aLargePushIsNotHeldBack() {
        try (Batch batch = new Batch().add(new byte[70_000])) {
            assertThat(add(batch)).isTrue();
        }
    }

    @Test
    void onlySoMuchIsKeptUntilItIsOnTheDisk() {
        try (Batch batch = new Batch().add(new byte[MEBIBYTE])) {
            int kept = 0;
            while (pushes.hasRoom(batch.bytes())) {
                assertThat(pushes.needsCommit()).isEqualTo(kept >= 8);
                assertThat(add(batch)).isTrue();
                PushBatch sealed = seal();
                sealed.acknowledge(kept++);
            }
            assertThat(kept).isEqualTo(15);
            assertThat(pushes.release(0)).isFalse();
            assertThat(pushes.hasRoom(batch.bytes())).isFalse();
            assertThat(pushes.release(1)).isTrue();
            assertThat(pushes.hasRoom(batch.bytes())).isTrue();
        }
    }

    @Test
    void oneAloneAlwaysHasRoom() {
        assertThat(pushes.hasRoom(1L << 40)).isTrue();
    }

    @Test
    void commitsThatFollowTheOpenPushBecomeOne() {
        try (Batch batch = new Batch().add("a")) {
            assertThat(add(batch)).isFalse();
            Request first = new Request(Frame.COMMIT);
            assertThat(pushes.commitOpen(first)).isTrue();
            assertThat(pushes.commitOpen(new Request(Frame.COMMIT))).isFalse();
            assertThat(pushes.flushAsked()).isTrue();
            seal();
            assertThat(pushes.takeCommit()).isSameAs(first);
            assertThat(pushes.takeCommit()).isNull();
        }
    }

    @Test
    void whatIsTooLargeIsRefused() {
        try (Batch batch = new Batch()) {
            for (int i = 0; i < 65; i++) batch.add(new byte[MEBIBYTE]);
            assertThatThrownBy(() -> pushes.checkLimits(batch))
                    .isInstanceOf(QueueException.BatchTooLargeException.class);
        }
    }
}
