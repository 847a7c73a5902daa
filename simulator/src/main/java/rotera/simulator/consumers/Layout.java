package rotera.simulator.consumers;

/**
 * Where things are on the disk, and the limits of a queue.
 *
 * @param ringSectors sectors of the ring
 * @param uncommittedUnits V: a push that would leave more uncommitted commits first
 * @param checkpointUnits C: how far committed may run ahead of the checkpoint
 */
record Layout(int ringSectors, int uncommittedUnits, int checkpointUnits) {
    static final int UNITS_PER_SECTOR = 2;
    static final int SLOTS_PER_SECTOR = 2;
    static final int CONSUMER_SECTORS = 2;
    static final int SLOTS = SLOTS_PER_SECTOR * CONSUMER_SECTORS;

    private static final int REGISTRY = 2;
    private static final int REGISTRY_SECTORS = 1 + CONSUMER_SECTORS;
    private static final int POSITIONS = REGISTRY + 2 * REGISTRY_SECTORS;
    private static final int RING = POSITIONS + 2 * CONSUMER_SECTORS;

    /** What the sectors are for. */
    enum Area {
        HEADER,
        REGISTRY,
        POSITIONS,
        RING
    }

    int sectors() {
        return RING + ringSectors;
    }

    long ringUnits() {
        return (long) ringSectors * UNITS_PER_SECTOR;
    }

    int settings(int copy) {
        return REGISTRY + copy * REGISTRY_SECTORS;
    }

    int consumers(int copy, int sector) {
        return settings(copy) + 1 + sector;
    }

    int positions(int copy, int sector) {
        return POSITIONS + copy * CONSUMER_SECTORS + sector;
    }

    int ring(long position) {
        return RING + (int) (position % ringUnits()) / UNITS_PER_SECTOR;
    }

    int unitWithin(long position) {
        return (int) (position % UNITS_PER_SECTOR);
    }

    Area area(int sector) {
        if (sector < REGISTRY) return Area.HEADER;
        if (sector < POSITIONS) return Area.REGISTRY;
        return sector < RING ? Area.POSITIONS : Area.RING;
    }
}
