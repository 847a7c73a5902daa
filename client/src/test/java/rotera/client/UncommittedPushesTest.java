package rotera.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import rotera.queue.Batch;

/** What becomes of the memory of pushes that are on the disk. */
final class UncommittedPushesTest {
    private static final int MEBIBYTE = 1 << 20;

    private final UncommittedPushes uncommitted = new UncommittedPushes();

    @Test
    void theMemoryOfALargePushIsUsedAgain() {
        PushBatch first = push(4 * MEBIBYTE);
        uncommitted.release(1);
        assertThat(push(4 * MEBIBYTE)).isSameAs(first);
    }

    @Test
    void onlySoMuchMemoryIsKept() {
        List<PushBatch> before = new ArrayList<>();
        for (int i = 0; i < 100; i++) before.add(push(MEBIBYTE));
        uncommitted.release(1);
        long kept = 0;
        for (PushBatch frame = frame(); before.contains(frame); frame = frame())
            kept += frame.capacity();
        assertThat(kept).isBetween(UncommittedPushes.MAX_BYTES, 2 * UncommittedPushes.MAX_BYTES);
    }

    @SuppressWarnings("NullAway") // nobody waits for it
    private PushBatch push(int bytes) {
        PushBatch frame = frame();
        try (Batch batch = new Batch().add(new byte[bytes])) {
            frame.add(batch, null);
        }
        uncommitted.add(frame);
        frame.acknowledge(0);
        return frame;
    }

    private PushBatch frame() {
        return uncommitted.newBatch(false, 0);
    }
}
