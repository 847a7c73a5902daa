package rotera.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import rotera.queue.Batch;

/** What becomes of the memory of pushes that are on the disk. */
final class WindowTest {
    private static final int MEBIBYTE = 1 << 20;

    private final Window window = new Window();

    @Test
    void theMemoryOfALargePushIsUsedAgain() {
        PushFrame first = push(4 * MEBIBYTE);
        window.release(1);
        assertThat(push(4 * MEBIBYTE)).isSameAs(first);
    }

    @Test
    void onlySoMuchMemoryIsKept() {
        List<PushFrame> before = new ArrayList<>();
        for (int i = 0; i < 100; i++) before.add(push(MEBIBYTE));
        window.release(1);
        long kept = 0;
        for (PushFrame frame = frame(); before.contains(frame); frame = frame())
            kept += frame.capacity();
        assertThat(kept).isBetween(Window.MAX_BYTES, 2 * Window.MAX_BYTES);
    }

    @SuppressWarnings("NullAway") // nobody waits for it
    private PushFrame push(int bytes) {
        PushFrame frame = frame();
        try (Batch batch = new Batch().add(new byte[bytes])) {
            frame.add(batch, null);
        }
        window.add(frame);
        frame.acknowledge(0);
        return frame;
    }

    private PushFrame frame() {
        return window.newFrame(false, 0);
    }
}
