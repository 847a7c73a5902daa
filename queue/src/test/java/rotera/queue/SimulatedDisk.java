package rotera.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import rotera.queue.disk.Disk;

/**
 * A disk in memory that can lose power, fail, and be damaged. There is a cache, which reads and the
 * mapping see, and a device. Between them, every sector of 512 bytes has the versions that were
 * written since the last sync that covered it; when the power goes, the device keeps any one of
 * them, or what it had, independently of all other sectors. A failed sync has written some sectors
 * and forgets about the others in one of three ways ({@link AfterFailedSync}).
 *
 * <p>Everything that happens is decided by the random numbers and the operations it is given, so a
 * seed repeats it. One thread at a time uses it.
 */
final class SimulatedDisk implements Disk {
    static final int SECTOR = 512;

    private static final long NEVER = Long.MAX_VALUE;

    /** The power is gone. An error, so that nothing takes it for a failure of the device. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1;

        Crash() {
            super("the power is gone", null, false, false);
        }
    }

    /** What file systems do with the pages that a failed sync did not write. */
    enum AfterFailedSync {
        /** They are written by a later sync. */
        STAY_DIRTY,
        /** They are in the cache, look written, and are not on the device. */
        LOOK_CLEAN,
        /** They are read from the device again. */
        DROPPED
    }

    private final MemorySegment memory;
    private final byte[] deviceMemory;
    private final List<ArrayList<byte[]>> versions = new ArrayList<>();
    private final ArrayDeque<byte[]> spare = new ArrayDeque<>();
    private final BitSet dirty = new BitSet();
    private final BitSet lookClean = new BitSet();

    private MemorySegment cache;
    private MemorySegment device;
    private long size;
    private SplittableRandom random = new SplittableRandom(0);
    private long operations;
    private long crashAt = NEVER;
    private long failAt = NEVER;
    private boolean failsForGood;
    private volatile boolean crashed;
    private boolean failed;
    private AfterFailedSync afterFailedSync = AfterFailedSync.STAY_DIRTY;
    private long writable;
    private @Nullable Runnable duringSync;

    /** For disks of at most this size; {@link #clear} makes it a fresh one. */
    @SuppressWarnings("MustBeClosedChecker")
    SimulatedDisk(int mostBytes) {
        memory = Arena.ofAuto().allocate(mostBytes, 4096);
        deviceMemory = new byte[mostBytes];
        for (int i = 0; i < mostBytes / SECTOR; i++) versions.add(new ArrayList<>());
        cache = memory;
        device = MemorySegment.ofArray(deviceMemory);
        size = mostBytes;
    }

    /** A disk of zeros. */
    void clear(long bytes, SplittableRandom randomNumbers) {
        clean();
        size = bytes;
        cache = memory.asSlice(0, bytes);
        device = MemorySegment.ofArray(deviceMemory).asSlice(0, bytes);
        cache.fill((byte) 0);
        device.fill((byte) 0);
        random = randomNumbers;
        writable = 0;
        powerOn();
    }

    /** A disk with this content. */
    void load(byte[] image, SplittableRandom randomNumbers) {
        clear(image.length, randomNumbers);
        MemorySegment.copy(image, 0, cache, JAVA_BYTE, 0, image.length);
        MemorySegment.copy(image, 0, device, JAVA_BYTE, 0, image.length);
    }

    private void clean() {
        for (int sector = dirty.nextSetBit(0); sector >= 0; sector = dirty.nextSetBit(sector + 1))
            forget(sector, versions.get(sector).size());
        dirty.clear();
        lookClean.clear();
    }

    /** Nothing goes wrong from here on, and the operations are counted anew. */
    void powerOn() {
        operations = 0;
        crashAt = NEVER;
        failAt = NEVER;
        crashed = false;
        failed = false;
        duringSync = null;
    }

    /** The power goes before this operation from now. */
    void crashAfter(long count) {
        crashAt = operations + count;
    }

    /** The same, unless the power goes at a chosen time anyway. */
    void crashWithin(long count) {
        if (crashAt == NEVER) crashAfter(count);
    }

    /** This operation from now fails, and if {@code forGood} all after it. */
    void failAfter(long count, boolean forGood, AfterFailedSync then) {
        failAt = operations + count;
        failsForGood = forGood;
        afterFailedSync = then;
    }

    /** Every write before this place is an error of the caller. */
    void protect(long bytes) {
        writable = bytes;
    }

    /** Runs while a sync is under way: what is written then is not covered by it. */
    void duringSync(@Nullable Runnable what) {
        duringSync = what;
    }

    boolean crashed() {
        return crashed;
    }

    /** Whether an operation has failed since the power is on, or it is gone. */
    boolean failed() {
        return failed || crashed;
    }

    long operations() {
        return operations;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, MemorySegment target) throws IOException {
        if (fails()) throw new IOException("simulated error of a read at " + position);
        MemorySegment.copy(cache, position, target, 0, target.byteSize());
    }

    @Override
    public void write(long position, MemorySegment source) throws IOException {
        boolean fails = fails();
        long length = source.byteSize();
        if (position < writable || position + length > size)
            throw new AssertionError("write of " + length + " bytes at " + position + " (I4)");
        for (long done = 0; done < length; ) {
            int sector = (int) ((position + done) / SECTOR);
            long bytes = Math.min(length - done, (sector + 1L) * SECTOR - position - done);
            if (!fails || random.nextBoolean()) {
                MemorySegment.copy(source, done, cache, position + done, bytes);
                addVersion(sector);
            }
            done += bytes;
        }
        if (fails) throw new IOException("simulated error of a write at " + position);
    }

    private void addVersion(int sector) {
        byte[] version = spare.isEmpty() ? new byte[SECTOR] : spare.pop();
        MemorySegment.copy(cache, JAVA_BYTE, (long) sector * SECTOR, version, 0, SECTOR);
        versions.get(sector).add(version);
        dirty.set(sector);
        lookClean.clear(sector);
    }

    @Override
    public void force() throws IOException {
        if (fails()) {
            failSync();
            throw new IOException("simulated error of a sync");
        }
        int[] sectors = dirty.stream().toArray();
        int[] covered = new int[sectors.length];
        for (int i = 0; i < sectors.length; i++) covered[i] = versions.get(sectors[i]).size();
        Runnable meanwhile = duringSync;
        if (meanwhile != null) meanwhile.run();
        if (crashed || operations++ >= crashAt) {
            crashed = true;
            throw new Crash();
        }
        for (int i = 0; i < sectors.length; i++) keep(sectors[i], covered[i]);
    }

    /** Makes the n-th version of a sector the one on the device; the earlier ones are forgotten. */
    private void keep(int sector, int version) {
        ArrayList<byte[]> list = versions.get(sector);
        if (version > 0) {
            MemorySegment.copy(
                    list.get(version - 1), 0, device, JAVA_BYTE, (long) sector * SECTOR, SECTOR);
            forget(sector, version);
        }
        if (list.isEmpty()) dirty.clear(sector);
    }

    private void forget(int sector, int count) {
        List<byte[]> first = versions.get(sector).subList(0, count);
        spare.addAll(first);
        first.clear();
    }

    private void failSync() {
        int oftenNew = random.nextInt(101);
        for (int sector : dirty.stream().toArray()) {
            keep(sector, pick(sector, oftenNew));
            if (!dirty.get(sector) || afterFailedSync == AfterFailedSync.STAY_DIRTY) continue;
            forget(sector, versions.get(sector).size());
            dirty.clear(sector);
            if (afterFailedSync == AfterFailedSync.LOOK_CLEAN) lookClean.set(sector);
            else readAgain(sector);
        }
    }

    private void readAgain(int sector) {
        long at = (long) sector * SECTOR;
        MemorySegment.copy(device, at, cache, at, SECTOR);
    }

    private int pick(int sector, int oftenNew) {
        int count = versions.get(sector).size();
        return random.nextInt(100) < oftenNew ? count : random.nextInt(count + 1);
    }

    /** The power goes and comes back: of each sector, any version since the last sync is left. */
    void loseCache() {
        int[] often = {0, 0, 30, 80, 95, 100};
        int oftenNew = often[random.nextInt(often.length)];
        boolean allOld = oftenNew == 0 && random.nextInt(4) == 0;
        for (int sector : dirty.stream().toArray()) {
            keep(sector, allOld ? 0 : pick(sector, oftenNew));
            forget(sector, versions.get(sector).size());
            readAgain(sector);
        }
        lookClean.stream().forEach(this::readAgain);
        dirty.clear();
        lookClean.clear();
    }

    /**
     * Only the process dies: the cache stays, but for some of the pages that look clean, which may
     * have had to go.
     */
    void keepCache() {
        if (random.nextBoolean()) return;
        for (int sector : lookClean.stream().toArray()) {
            if (random.nextBoolean()) continue;
            readAgain(sector);
            lookClean.clear(sector);
        }
    }

    /** How many different images a loss of power now could leave, at most {@code limit}. */
    int outcomes(int limit) {
        long product = 1;
        for (int sector = dirty.nextSetBit(0);
                sector >= 0 && product < limit;
                sector = dirty.nextSetBit(sector + 1)) product *= 1 + versions.get(sector).size();
        return (int) Math.min(product, limit);
    }

    /** The n-th of the images that a loss of power now could leave. */
    byte[] outcome(int number) {
        byte[] image = device.toArray(JAVA_BYTE);
        int rest = number;
        for (int sector : dirty.stream().toArray()) {
            int choices = versions.get(sector).size() + 1;
            int choice = rest % choices;
            rest /= choices;
            if (choice > 0) copyVersion(sector, choice, image);
        }
        return image;
    }

    /** Any of the images that a loss of power now could leave. */
    byte[] anyOutcome(SplittableRandom randomNumbers) {
        byte[] image = device.toArray(JAVA_BYTE);
        int oftenNew = randomNumbers.nextInt(101);
        for (int sector : dirty.stream().toArray()) {
            int count = versions.get(sector).size();
            int choice =
                    randomNumbers.nextInt(100) < oftenNew
                            ? count
                            : randomNumbers.nextInt(count + 1);
            if (choice > 0) copyVersion(sector, choice, image);
        }
        return image;
    }

    private void copyVersion(int sector, int version, byte[] image) {
        System.arraycopy(versions.get(sector).get(version - 1), 0, image, sector * SECTOR, SECTOR);
    }

    /** Whether the sector at this place was written and not yet synced. */
    boolean underWay(long position) {
        return dirty.get((int) (position / SECTOR));
    }

    /** Turns a bit over, in the cache and on the device: damage that no sync explains. */
    void flipBit(long position, int bit) {
        byte flipped = (byte) (cache.get(JAVA_BYTE, position) ^ 1 << bit);
        cache.set(JAVA_BYTE, position, flipped);
        device.set(JAVA_BYTE, position, flipped);
    }

    private boolean fails() {
        if (crashed || operations >= crashAt) {
            crashed = true;
            throw new Crash();
        }
        long operation = operations++;
        boolean fails = operation == failAt || (failed && failsForGood);
        failed |= fails;
        return fails;
    }

    @Override
    public MemorySegment map() {
        return cache.asReadOnly();
    }

    @Override
    public void close() {}
}
