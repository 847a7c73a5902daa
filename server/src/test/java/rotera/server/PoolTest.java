package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is kept of buffers that were given back. */
final class PoolTest {
    private static final int MEBIBYTE = 1 << 20;

    private final Pool pool = new Pool();

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void aLargeBufferIsUsedAgain() {
        Bytes large = pool.take(MEBIBYTE + 36);
        large.to = 100;
        pool.give(large);
        Bytes again = pool.take(MEBIBYTE + 30);
        assertThat(again).isSameAs(large);
        assertThat(again.isEmpty()).isTrue();
        again.close();
    }

    @Test
    void onlyOneLargeBufferIsKept() {
        Bytes two = pool.take(2 * MEBIBYTE);
        Bytes three = pool.take(3 * MEBIBYTE);
        Bytes nine = pool.take(9 * MEBIBYTE);
        pool.give(three);
        pool.give(two);
        pool.give(nine);
        assertThat(three.segment().scope().isAlive()).isTrue();
        assertThat(two.segment().scope().isAlive()).isFalse();
        assertThat(nine.segment().scope().isAlive()).isFalse();
    }
}
