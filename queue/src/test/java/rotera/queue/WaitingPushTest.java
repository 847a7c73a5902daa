package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import rotera.queue.disk.Clock;
import rotera.queue.format.Superblock;

/** A push that has to wait for the disk does its own work once. */
class WaitingPushTest {
    private final CountDownLatch syncing = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    @Test
    void checksumsOfAPushThatWaitsAreComputedOnce() throws Exception {
        FaultyDisk disk = new FaultyDisk(new MemoryDisk(1 << 20));
        RotFile.format(disk, CreateOptions.ofSize(disk.size()), Clock.SYSTEM);
        try (RotFile file = RotFile.open(disk, Path.of("waiting"), Clock.SYSTEM);
                Batch batch = new Batch()) {
            int length = (int) (file.info().reserveBytes() * 3 / 10); // more than half of the limit
            disk.duringForce = this::waitInForce;
            Rot.push(file, Rot.message(0, length)); // begins a commit in the background
            syncing.await();
            Thread pusher =
                    Thread.ofPlatform()
                            .daemon()
                            .start(() -> file.push(batch.add(Rot.message(1, length))));
            while (pusher.getState() != Thread.State.WAITING) Thread.sleep(1);
            goOn.countDown();
            pusher.join();
            assertThat(batch.body().splitter().computed()).isEqualTo(1);
            file.commit();
            assertThat(Rot.messages(file, 1)).containsExactly(Rot.message(1, length));
        }
    }

    private void waitInForce() {
        syncing.countDown();
        try {
            goOn.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void copyOfABatchTakesItsChecksumsOver() {
        Superblock superblock = Superblock.create(Rot.SMALLEST, 0, new UUID(1, 2), 3);
        try (Batch batch = new Batch();
                Batch copy = new Batch()) {
            for (int i = 0; i < 3; i++) batch.add(Rot.message(i, 3000));
            batch.body().splitter().split(batch.body(), superblock);
            copy.body().copy(batch.body());
            copy.body().splitter().split(copy.body(), superblock);
            assertThat(copy.body().splitter().computed()).isZero();
            assertThat(copy.body().splitter().size()).isEqualTo(3);
            assertThat(copy.body().splitter().checksum(2))
                    .isEqualTo(batch.body().splitter().checksum(2));
        }
    }

    @Test
    void batchThatChangedBetweenPushesIsReadAgain() {
        try (RotFile file = open();
                Batch batch = new Batch()) {
            file.push(batch.add("first"));
            file.push(batch.add("second"));
            file.push(batch.clear().add("third"));
            file.commit();
            assertThat(Rot.texts(file, 0)).containsExactly("first", "first", "second", "third");
        }
    }

    private static RotFile open() {
        try {
            MemoryDisk disk = new MemoryDisk(Rot.SMALLEST);
            RotFile.format(disk, CreateOptions.ofSize(disk.size()), Clock.SYSTEM);
            return RotFile.open(disk, Path.of("changing"), Clock.SYSTEM);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
