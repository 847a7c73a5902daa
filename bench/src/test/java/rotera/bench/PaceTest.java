package rotera.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {

    @Test
    void batchIsNotBegunBeforeItIsDue() {
        Pace pace = new Pace(1000);
        for (int i = 0; i < 20; i++) {
            long due = pace.next();
            assertThat(System.nanoTime() - due).isNotNegative();
        }
    }

    @Test
    void stallDelaysBatchesButNotWhenTheyAreDue() throws InterruptedException {
        Pace pace = new Pace(1000);
        long first = pace.next();
        Thread.sleep(50);
        for (int i = 1; i <= 10; i++) assertThat(pace.next() - first).isEqualTo(i * 1_000_000L);
    }
}
