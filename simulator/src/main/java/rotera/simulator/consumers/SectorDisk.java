package rotera.simulator.consumers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * A disk of sectors. Until a sync that began after a write has returned, the device may hold the
 * version that was written, or any one before it.
 */
final class SectorDisk {
    private static final int KEPT_VERSIONS = 4;

    private final Sector[] device;
    private final Sector[] cache;
    private final List<List<Sector>> unsynced = new ArrayList<>();
    private final List<List<Sector>> older = new ArrayList<>();
    private long operations;
    private long cutAt = Long.MAX_VALUE;
    private boolean failing;
    private IntUnaryOperator failureChoice = bound -> 0;

    /** The power goes. */
    static final class PowerCut extends RuntimeException {
        private static final long serialVersionUID = 1;

        PowerCut() {
            super("the power goes", null, false, false);
        }
    }

    /** A sync fails. */
    static final class SyncFailed extends RuntimeException {
        private static final long serialVersionUID = 1;

        SyncFailed() {
            super("a sync failed", null, false, false);
        }
    }

    SectorDisk(List<Sector> content) {
        device = content.toArray(new Sector[0]);
        cache = device.clone();
        for (int i = 0; i < device.length; i++) {
            unsynced.add(new ArrayList<>(4));
            older.add(new ArrayList<>(KEPT_VERSIONS));
        }
    }

    private SectorDisk(SectorDisk from) {
        device = from.device.clone();
        cache = from.cache.clone();
        for (int i = 0; i < device.length; i++) {
            unsynced.add(new ArrayList<>(from.unsynced.get(i)));
            older.add(new ArrayList<>(from.older.get(i)));
        }
    }

    /** The same content, with no cut or failure ahead. */
    SectorDisk copy() {
        return new SectorDisk(this);
    }

    Sector read(int sector) {
        return cache[sector];
    }

    void write(int sector, Sector content) {
        operation();
        cache[sector] = content;
        unsynced.get(sector).add(content);
    }

    /** What is written meanwhile is not covered. */
    void sync(Runnable meanwhile) {
        operation();
        int[] covered = new int[device.length];
        for (int i = 0; i < device.length; i++) covered[i] = unsynced.get(i).size();
        meanwhile.run();
        operation();
        if (failing) {
            failing = false;
            fail(covered);
            throw new SyncFailed();
        }
        for (int i = 0; i < device.length; i++) if (covered[i] > 0) settle(i, covered[i]);
    }

    private void operation() {
        if (operations++ >= cutAt) throw new PowerCut();
    }

    /** The device has taken the first versions; the last of them is what it holds. */
    private void settle(int sector, int versions) {
        List<Sector> waiting = unsynced.get(sector);
        List<Sector> before = older.get(sector);
        if (before.size() == KEPT_VERSIONS) before.removeFirst();
        before.add(device[sector]);
        device[sector] = waiting.get(versions - 1);
        waiting.subList(0, versions).clear();
    }

    /**
     * Each sector was written or not, and stays to be written, or looks as if it were on the
     * device.
     */
    private void fail(int[] covered) {
        boolean looksClean = failureChoice.applyAsInt(2) == 0;
        for (int i = 0; i < device.length; i++) {
            if (covered[i] == 0) continue;
            List<Sector> still = List.copyOf(unsynced.get(i));
            int written = failureChoice.applyAsInt(covered[i] + 1);
            if (written > 0) settle(i, written);
            if (!looksClean) continue;
            unsynced.get(i).clear();
            unsynced.get(i).addAll(still.subList(covered[i], still.size()));
        }
    }

    long operations() {
        return operations;
    }

    /** The power goes before this operation. */
    void cutAt(long operation) {
        cutAt = operation;
    }

    /** The next sync fails. */
    void failNextSync(IntUnaryOperator choice) {
        failing = true;
        failureChoice = choice;
    }

    /** Whether the device holds something else than what is read. */
    boolean isDirty() {
        for (int i = 0; i < device.length; i++) if (!device[i].equals(cache[i])) return true;
        return false;
    }

    /** How many states a power cut can leave. */
    long images() {
        long images = 1;
        for (List<Sector> versions : unsynced)
            images = Math.min(Integer.MAX_VALUE, images * (versions.size() + 1));
        return images;
    }

    /** The power is back: the device holds, of each sector, the version that is chosen. */
    void restart(IntUnaryOperator choice) {
        for (int i = 0; i < device.length; i++) {
            int versions = unsynced.get(i).size();
            int taken = versions == 0 ? 0 : choice.applyAsInt(versions + 1);
            if (taken > 0) settle(i, taken);
            unsynced.get(i).clear();
            cache[i] = device[i];
        }
        cutAt = Long.MAX_VALUE;
        failing = false;
    }

    /** A process was killed: the cache stays. */
    void goOn() {
        cutAt = Long.MAX_VALUE;
        failing = false;
    }

    int sectors() {
        return device.length;
    }

    /** How many older versions of a sector are known that were once durable. */
    int olderVersions(int sector) {
        return older.get(sector).size();
    }

    /** The device never took the newest writes of a sector, at rest. */
    void lose(int sector, int writes) {
        List<Sector> before = older.get(sector);
        device[sector] = before.get(before.size() - writes);
        cache[sector] = device[sector];
    }

    void damage(int sector) {
        device[sector] = new Sector.Damaged();
        cache[sector] = device[sector];
    }
}
