package rotera.simulator.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import rotera.simulator.consumers.ModelQueue.Push;

/** Where named consumers are kept in a full queue and in an idle one, in the model. */
class FullAndIdleTest {
    private static final Layout LAYOUT = new Layout(8, 4, 4);
    private static final Push ONE = new Push(List.of(1), List.of(1), false);

    private final SectorDisk disk = Formatting.disk(LAYOUT);
    private final Ledger ledger = new Ledger(LAYOUT);
    private ModelQueue queue = Opening.open(disk, LAYOUT, Rules.ALL, ledger);

    @Test
    void aWeekOfAcknowledgementsInAFullQueueEvictsNothing() {
        for (int i = 0; i < 1000; i++) queue.push(ONE);
        queue.rest();
        Place oldest = queue.oldest();
        // One each 100 ms would be 6,048,000; each round does the same as the one before.
        for (int i = 0; i < 20_000; i++) {
            queue.create(0, oldest.id(), i % 2 == 0);
            queue.finishChange();
            queue.acknowledge(0, oldest.id() + 1 + i % 3);
            queue.flush();
            queue.delete(0);
            queue.finishChange();
        }
        assertThat(queue.oldest()).isEqualTo(oldest);
        assertThat(queue.next()).isEqualTo(queue.committed()).isEqualTo(ledger.end());
        Check.used(ledger, queue);
    }

    @Test
    void aFullQueueTakesTheAcknowledgementThatFreesItAndTheNextPushSeesTheRoom() {
        fill();
        assertThat(queue.push(ONE)).isFalse();
        queue.acknowledge(0, 1);
        queue.flush();
        assertThat(queue.push(ONE)).isTrue();
        assertThat(queue.push(ONE)).isFalse();
    }

    @Test
    void aRefusedPushStagesNothing() {
        fill();
        Place next = queue.next();
        for (int i = 0; i < 10; i++) assertThat(queue.push(ONE)).isFalse();
        assertThat(queue.next()).isEqualTo(next).isEqualTo(queue.committed());
        assertThat(queue.oldest().id()).isZero();
    }

    @Test
    void aDeletedConsumerFreesEverything() {
        fill();
        queue.delete(0);
        queue.finishChange();
        assertThat(queue.push(ONE)).isTrue();
    }

    @Test
    void everythingSurvivesAnOpening() {
        fill();
        queue.acknowledge(0, 3);
        queue.flush();
        disk.restart(bound -> 0);
        queue = Opening.open(disk, LAYOUT, Rules.ALL, ledger);
        Check.opened(ledger, queue, null);
        assertThat(queue.registry().told().refuse()).isTrue();
        assertThat(queue.oldest().id()).isLessThanOrEqualTo(3);
    }

    /** A queue that refuses, full of what its only consumer has not acknowledged. */
    private void fill() {
        queue.create(0, 0, true);
        queue.finishChange();
        queue.refuse(true);
        queue.finishChange();
        while (queue.push(ONE)) {
            assertThat(queue.next().position()).isLessThanOrEqualTo(LAYOUT.ringUnits());
        }
    }
}
