package rotera.simulator;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import rotera.queue.disk.Disk;

/**
 * A disk in memory that can lose power, fail, and be damaged. There is a cache, which reads and the
 * mapping see, and a device. Between them, every sector of 512 bytes has the versions that were
 * written since the last sync that covered it; when the power goes, the device keeps any one of
 * them, or what it had, independently of all other sectors. A failed sync has written some sectors
 * and forgets about the others in one of three ways ({@link AfterFailedSync}).
 *
 * <p>The device keeps for each sector what it held before its last change, so that a write can be
 * lost or go to a wrong place long after the sync that covered it ({@link #loseWrite}, {@link
 * #misdirect}).
 *
 * <p>Everything that happens is decided by the random numbers and the operations it is given, so a
 * seed repeats it. One thread at a time uses it.
 */
public final class SimulatedDisk implements Disk {
    public static final int SECTOR = 512;

    private static final long NEVER = Long.MAX_VALUE;

    /** The power is gone. An error, so that nothing takes it for a failure of the device. */
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1;

        Crash() {
            super("the power is gone", null, false, false);
        }
    }

    /** What file systems do with the pages that a failed sync did not write. */
    public enum AfterFailedSync {
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
    private final byte[] olderMemory; // what the device held before the last change of each sector
    private final BitSet changed = new BitSet(); // sectors of which there is an older version
    private final long[] forgotten; // versions of each sector that are no longer in the list
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
    private boolean looking;
    private AfterFailedSync afterFailedSync = AfterFailedSync.STAY_DIRTY;
    private long writable;
    private @Nullable Runnable duringSync;
    private Runnable pause = () -> {};

    /** For disks of at most this size; {@link #clear} makes it a fresh one. */
    @SuppressWarnings("MustBeClosedChecker")
    public SimulatedDisk(int mostBytes) {
        memory = Arena.ofAuto().allocate(mostBytes, 4096);
        deviceMemory = new byte[mostBytes];
        olderMemory = new byte[mostBytes];
        forgotten = new long[mostBytes / SECTOR];
        for (int i = 0; i < mostBytes / SECTOR; i++) versions.add(new ArrayList<>());
        cache = memory;
        device = MemorySegment.ofArray(deviceMemory);
        size = mostBytes;
    }

    /** A disk of zeros. */
    public void clear(long bytes, SplittableRandom randomNumbers) {
        clean();
        size = bytes;
        cache = memory.asSlice(0, bytes);
        device = MemorySegment.ofArray(deviceMemory).asSlice(0, bytes);
        cache.fill((byte) 0);
        device.fill((byte) 0);
        changed.clear();
        random = randomNumbers;
        writable = 0;
        powerOn();
    }

    /** A disk with this content. */
    public void load(byte[] image, SplittableRandom randomNumbers) {
        clear(image.length, randomNumbers);
        MemorySegment.copy(image, 0, cache, JAVA_BYTE, 0, image.length);
        MemorySegment.copy(image, 0, device, JAVA_BYTE, 0, image.length);
    }

    /** The same, as what {@code original} may have left: with its older versions. */
    public void load(byte[] image, SplittableRandom randomNumbers, SimulatedDisk original) {
        load(image, randomNumbers);
        for (int sector = 0; sector < image.length / SECTOR; sector++) {
            int at = sector * SECTOR;
            boolean same = equal(image, original.deviceMemory, at);
            if (same && !original.changed.get(sector)) continue;
            byte[] older = same ? original.olderMemory : original.deviceMemory;
            System.arraycopy(older, at, olderMemory, at, SECTOR);
            changed.set(sector);
        }
    }

    private static boolean equal(byte[] one, byte[] other, int at) {
        return Arrays.equals(one, at, at + SECTOR, other, at, at + SECTOR);
    }

    private void clean() {
        for (int sector = dirty.nextSetBit(0); sector >= 0; sector = dirty.nextSetBit(sector + 1))
            forget(sector, versions.get(sector).size());
        dirty.clear();
        lookClean.clear();
    }

    /** Nothing goes wrong from here on, and the operations are counted anew. */
    public void powerOn() {
        operations = 0;
        crashAt = NEVER;
        failAt = NEVER;
        crashed = false;
        failed = false;
        duringSync = null;
    }

    /** The power goes before this operation from now. */
    public void crashAfter(long count) {
        crashAt = operations + count;
    }

    /** The same, unless the power goes at a chosen time anyway. */
    public void crashWithin(long count) {
        if (crashAt == NEVER) crashAfter(count);
    }

    /** This operation from now fails, and if {@code forGood} all after it. */
    public void failAfter(long count, boolean forGood, AfterFailedSync then) {
        failAt = operations + count;
        failsForGood = forGood;
        afterFailedSync = then;
    }

    /** Every write before this place is an error of the caller. */
    public void protect(long bytes) {
        writable = bytes;
    }

    /** Runs while a sync is under way: what is written then is not covered by it. */
    public void duringSync(@Nullable Runnable what) {
        duringSync = what;
    }

    /** Is called wherever other threads could come in between: at each operation, and within. */
    public void pauses(Runnable what) {
        pause = what;
    }

    public boolean crashed() {
        return crashed;
    }

    /** Whether reads are those of the history, which looks at the disk while the power is off. */
    public void looking(boolean on) {
        looking = on;
    }

    /** Whether an operation has failed since the power is on, or it is gone. */
    public boolean failed() {
        return failed || crashed;
    }

    public long operations() {
        return operations;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, MemorySegment target) throws IOException {
        if (!looking && nextFault() != Fault.NONE)
            throw new IOException("simulated error of a read at " + position);
        MemorySegment.copy(cache, position, target, 0, target.byteSize());
    }

    /** Sometimes less than everything, so that whoever calls has to go on with the rest. */
    @Override
    public long writeSome(long position, MemorySegment source) throws IOException {
        Fault fault = nextFault();
        long length = source.byteSize();
        if (position < writable || position + length > size)
            throw new AssertionError("write of " + length + " bytes at " + position + " (I4)");
        if (fault == Fault.NONE && random.nextInt(32) == 0)
            length = Math.min(length, wholeSectors(position, 1 + random.nextLong(length)));
        if (fault == Fault.FULL) length = beginning(position, length);
        for (long done = 0; done < length; ) {
            int sector = (int) ((position + done) / SECTOR);
            long bytes = Math.min(length - done, (sector + 1L) * SECTOR - position - done);
            if (fault != Fault.BROKEN || random.nextBoolean()) {
                MemorySegment.copy(source, done, cache, position + done, bytes);
                addVersion(sector);
            }
            done += bytes;
            if (done < length) pause();
        }
        if (fault == Fault.BROKEN)
            throw new IOException("simulated error of a write at " + position);
        if (fault == Fault.FULL) throw new IOException("simulated: no space left on device");
        return length;
    }

    /**
     * A part of a write that ends with a sector, as page caches do; may be nothing or all of it.
     */
    private long beginning(long position, long length) {
        return Math.min(length, wholeSectors(position, random.nextLong(length + 1)));
    }

    private static long wholeSectors(long position, long length) {
        return length == 0 ? 0 : (position + length + SECTOR - 1) / SECTOR * SECTOR - position;
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
        if (nextFault() != Fault.NONE) {
            failSync();
            throw new IOException("simulated error of a sync");
        }
        int[] sectors = dirty.stream().toArray();
        long[] covered = new long[sectors.length];
        for (int i = 0; i < sectors.length; i++)
            covered[i] = forgotten[sectors[i]] + versions.get(sectors[i]).size();
        Runnable meanwhile = duringSync;
        if (meanwhile != null) meanwhile.run();
        for (int i = random.nextInt(8); i > 0; i--) pause();
        if (crashed || operations++ >= crashAt) losePowerNow();
        for (int i = 0; i < sectors.length; i++)
            keep(sectors[i], (int) Math.max(0, covered[i] - forgotten[sectors[i]]));
    }

    /** Makes the n-th version of a sector the one on the device; the earlier ones are forgotten. */
    private void keep(int sector, int version) {
        ArrayList<byte[]> list = versions.get(sector);
        if (version > 0) {
            byte[] content = list.get(version - 1);
            int at = sector * SECTOR;
            if (!Arrays.equals(content, 0, SECTOR, deviceMemory, at, at + SECTOR)) {
                System.arraycopy(deviceMemory, at, olderMemory, at, SECTOR);
                changed.set(sector);
                System.arraycopy(content, 0, deviceMemory, at, SECTOR);
            }
            forget(sector, version);
        }
        if (list.isEmpty()) dirty.clear(sector);
    }

    private void forget(int sector, int count) {
        List<byte[]> first = versions.get(sector).subList(0, count);
        spare.addAll(first);
        first.clear();
        forgotten[sector] += count;
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
    public void loseCache() {
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
    public void keepCache() {
        if (random.nextBoolean()) return;
        for (int sector : lookClean.stream().toArray()) {
            if (random.nextBoolean()) continue;
            readAgain(sector);
            lookClean.clear(sector);
        }
    }

    /** How many different images a loss of power now could leave, at most {@code limit}. */
    public int outcomes(int limit) {
        long product = 1;
        for (int sector = dirty.nextSetBit(0);
                sector >= 0 && product < limit;
                sector = dirty.nextSetBit(sector + 1)) product *= 1 + versions.get(sector).size();
        return (int) Math.min(product, limit);
    }

    /** The n-th of the images that a loss of power now could leave. */
    public byte[] outcome(int number) {
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
    public byte[] anyOutcome(RandomGenerator randomNumbers) {
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
    public boolean underWay(long position) {
        return dirty.get((int) (position / SECTOR));
    }

    /** Turns a bit over, in the cache and on the device: damage that no sync explains. */
    public void flipBit(long position, int bit) {
        byte flipped = (byte) (cache.get(JAVA_BYTE, position) ^ 1 << bit);
        cache.set(JAVA_BYTE, position, flipped);
        device.set(JAVA_BYTE, position, flipped);
    }

    /**
     * Whether all of these sectors are at rest, and one of them held something else before: a write
     * that can be lost.
     */
    public boolean canLose(long position, int bytes) {
        if (unsettled(position, bytes)) return false;
        int changedSector = changed.nextSetBit((int) (position / SECTOR));
        return changedSector >= 0 && changedSector < (position + bytes) / SECTOR;
    }

    /** Whether the device may not have what the cache holds of these sectors. */
    public boolean unsettled(long position, int bytes) {
        long end = (position + bytes) / SECTOR;
        for (int sector = (int) (position / SECTOR); sector < end; sector++)
            if (dirty.get(sector) || lookClean.get(sector)) return true;
        return false;
    }

    /** What these sectors hold if their last write was lost. */
    public byte[] older(long position, int bytes) {
        byte[] older = device.asSlice(position, bytes).toArray(JAVA_BYTE);
        for (int done = 0; done < bytes; done += SECTOR) {
            int at = (int) position + done;
            if (changed.get(at / SECTOR)) System.arraycopy(olderMemory, at, older, done, SECTOR);
        }
        return older;
    }

    /** These sectors hold what they held before: the device has lost a write, and told nobody. */
    public void loseWrite(long position, int bytes) {
        set(position, older(position, bytes));
    }

    /** The last write of these sectors went to another place. */
    public void misdirect(long position, int bytes, long to) {
        byte[] content = device.asSlice(position, bytes).toArray(JAVA_BYTE);
        loseWrite(position, bytes);
        set(to, content);
    }

    private void set(long position, byte[] content) {
        MemorySegment.copy(content, 0, cache, JAVA_BYTE, position, content.length);
        MemorySegment.copy(content, 0, device, JAVA_BYTE, position, content.length);
    }

    /** What happens to an operation. */
    private enum Fault {
        NONE,
        /** Input/output error: any part may have been done. */
        BROKEN,
        /** No space left: the beginning was done. */
        FULL
    }

    private Fault nextFault() {
        pause();
        if (operations >= crashAt) losePowerNow();
        long operation = operations++;
        if (operation != failAt && !(failed && failsForGood)) return Fault.NONE;
        failed = true;
        return failsForGood || random.nextInt(4) > 0 ? Fault.BROKEN : Fault.FULL;
    }

    /** Lets other threads go on, if the history has any. */
    private void pause() {
        if (crashed) losePowerNow();
        pause.run();
        if (crashed) losePowerNow();
    }

    private void losePowerNow() {
        crashed = true;
        throw new Crash();
    }

    /** None, all, or a part in between, as the position is. */
    @Override
    public long readCached(long position, MemorySegment target) {
        long bytes = target.byteSize() * (position / 8 % 4) / 3;
        MemorySegment.copy(cache, position, target, 0, bytes);
        return bytes;
    }

    @Override
    public MemorySegment map() {
        return cache.asReadOnly();
    }

    @Override
    public void close() {}
}
