package rotera.simulator.queue;

import java.util.UUID;
import rotera.queue.format.Superblock;
import rotera.simulator.Choices;
import rotera.simulator.SimulatedDisk;

/** Files of all shapes: as a creation makes them, and with limits that none would choose. */
final class Layouts {
    private Layouts() {}

    static Superblock any(int bytes, long nowMillis, Choices random) {
        long entries = random.nextInt(10) > 0 ? 0 : 1 + random.nextInt(300);
        UUID uniqueId = new UUID(random.nextLong(), random.nextLong());
        Superblock usual =
                Superblock.create(
                        bytes - bytes % SimulatedDisk.SECTOR,
                        entries,
                        new Superblock.Identity(uniqueId, uniqueId, random.nextInt(), nowMillis));
        return random.nextInt(4) > 0 ? usual : odd(usual, random);
    }

    private static Superblock odd(Superblock usual, Choices random) {
        long ring = usual.ringBytes();
        int parts = 4 << random.nextInt(3);
        return new Superblock(
                usual.fileBytes(),
                usual.ringOffset(),
                ring,
                usual.intervalBytes(),
                (int) (ring / (4 + random.nextInt(8))),
                ring / parts,
                ring / (random.nextInt(3) == 0 ? parts : 4 << random.nextInt(5)),
                usual.entries(),
                usual.createdMillis(),
                usual.uniqueId(),
                usual.salt(),
                usual.features(),
                usual.lineageId());
    }
}
