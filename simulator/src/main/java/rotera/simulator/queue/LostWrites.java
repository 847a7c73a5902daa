package rotera.simulator.queue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import rotera.queue.format.HeaderSlot;
import rotera.queue.format.LockOwner;
import rotera.queue.format.LogPosition;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Registry;
import rotera.queue.format.Ring;
import rotera.queue.format.Superblock;
import rotera.simulator.Choices;
import rotera.simulator.SimulatedDisk;
import rotera.simulator.queue.QueueModel.Push;

/**
 * Writes that a device acknowledged and lost, or put in a wrong place of the same kind: sectors, or
 * whole pages, silently hold an older version. It hits only what something else proves, so that it
 * can be told what has to follow.
 */
final class LostWrites {
    private static final int SECTOR = SimulatedDisk.SECTOR;

    private final SimulatedDisk disk;
    private final Superblock superblock;
    private final QueueModel model;
    private final Choices random;
    private final Consumer<String> note;

    LostWrites(
            SimulatedDisk disk,
            Superblock superblock,
            QueueModel model,
            Choices random,
            Consumer<String> note) {
        this.disk = disk;
        this.superblock = superblock;
        this.model = model;
        this.random = random;
        this.note = note;
    }

    /** A record as it lies in the ring. */
    private record Extent(
            boolean snapshot, long firstId, long endId, long position, long endPosition) {}

    /**
     * Loses the last write of a header slot, or writes the newest header into the other one. The
     * older header keeps more than there is: what the newer one has evicted may be overwritten by
     * parts of what was never committed, which prove nothing.
     */
    boolean ofSlot(long oldestId) {
        Optional<HeaderSlot> newest = newestHeader();
        int slot = random.nextInt(2);
        if (newest.isEmpty() || !disk.canLose(HeaderSlot.offset(slot), SECTOR)) return false;
        boolean isNewest = (newest.get().sequence() & 1) == slot;
        if (isNewest && random.nextInt(3) == 0) {
            disk.misdirect(HeaderSlot.offset(slot), SECTOR, HeaderSlot.offset(1 - slot));
            note.accept("header " + newest.get().sequence() + " was written into the other slot");
        } else {
            disk.loseWrite(HeaderSlot.offset(slot), SECTOR);
            model.mayBeDamagedBefore(oldestId);
            note.accept("lost a write of header slot " + slot);
        }
        return true;
    }

    boolean ofSuperblock() {
        long copy = (long) random.nextInt(2) * Superblock.PAGE;
        if (!disk.canLose(copy, Superblock.PAGE)) return false;
        disk.loseWrite(copy, random.nextBoolean() ? SECTOR : Superblock.PAGE);
        note.accept("lost the write of a superblock");
        return true;
    }

    /** Loses the last write of a copy of the settings, or writes it over the other copy. */
    boolean ofSettings(RandomGenerator decisions) {
        int copy = decisions.nextInt(2);
        long from = Registry.offset(copy);
        long to = Registry.offset(1 - copy);
        boolean misdirected = decisions.nextBoolean();
        if (!disk.canLose(from, SECTOR) || (misdirected && disk.unsettled(to, SECTOR)))
            return false;
        if (misdirected) disk.misdirect(from, SECTOR, to);
        else disk.loseWrite(from, SECTOR);
        note.accept(
                (misdirected ? "misdirected" : "lost")
                        + " a write of copy "
                        + copy
                        + " of the settings");
        return true;
    }

    void ofNote() {
        if (!disk.canLose(LockOwner.OFFSET, SECTOR)) return;
        disk.loseWrite(LockOwner.OFFSET, SECTOR);
        note.accept("lost a write of the writer's note");
    }

    void ofIndex() {
        long sectors = (superblock.ringOffset() - Superblock.INDEX_OFFSET) / SECTOR;
        long from = Superblock.INDEX_OFFSET + random.nextLong(sectors) * SECTOR;
        long to = Superblock.INDEX_OFFSET + random.nextLong(sectors) * SECTOR;
        if (!disk.canLose(from, SECTOR)) return;
        if (random.nextBoolean()) disk.loseWrite(from, SECTOR);
        else disk.misdirect(from, SECTOR, to);
        note.accept("lost a write of the index");
    }

    /**
     * Loses the last write of some sectors of the ring, if all records that this changes are
     * proven. Returns whether it was the newest header alone that proves one of them.
     */
    boolean ofRecords(long checkpointId) {
        if (model.settled() == 0) return false;
        Optional<HeaderSlot> newest = newestHeader();
        if (newest.isEmpty()) return false;
        List<Extent> records = records(newest.get().oldest());
        if (records.isEmpty()) return false;
        int bytes = random.nextInt(3) > 0 ? SECTOR : Superblock.PAGE;
        long from = anyPlace(records, bytes);
        long to = random.nextInt(3) == 0 ? anyPlace(records, bytes) : -1;
        if (!disk.canLose(from, bytes) || (to >= 0 && !disk.canLose(to, bytes)) || to == from)
            return false;
        Push last = model.push(model.settled() - 1);
        long proven = Math.max(last.committedId, checkpointId);
        List<Extent> hit = hit(from, disk.older(from, bytes), records, proven);
        if (hit == null) return false;
        if (to >= 0) {
            List<Extent> more = hit(to, content(from, bytes), records, proven);
            if (more == null) return false;
            hit.addAll(more);
        }
        if (hit.isEmpty()) return false;
        for (Extent record : hit) damage(record);
        if (to < 0) disk.loseWrite(from, bytes);
        else disk.misdirect(from, bytes, to);
        note.accept(
                (to < 0 ? "lost a write of " : "misdirected a write of ")
                        + bytes
                        + " bytes at ring "
                        + (from - superblock.ringOffset())
                        + (to < 0 ? "" : " to ring " + (to - superblock.ringOffset()))
                        + ", which damages "
                        + hit);
        return hit.stream().anyMatch(record -> record.endId() > last.committedId);
    }

    private void damage(Extent record) {
        if (record.snapshot()) {
            model.replaceClients();
            return;
        }
        Push push = model.pushAt(record.firstId());
        if (push == null) throw new AssertionError("record of no push: " + record);
        push.damaged = true;
        if (push.producerId != 0) model.replaceClients();
    }

    /** A place within one of the last records, where so many bytes are on the device as a unit. */
    private long anyPlace(List<Extent> records, int bytes) {
        int back = random.nextInt(random.nextBoolean() ? 3 : 20);
        Extent record = records.get(Math.max(0, records.size() - 1 - back));
        long at = record.position();
        if (random.nextInt(3) == 0) at += random.nextLong(record.endPosition() - record.position());
        long place = superblock.ringOffset() + at % superblock.ringBytes();
        return place - place % bytes;
    }

    /**
     * The records that lose bytes when this stretch of the file gets another content; null if one
     * of them is not proven, or if something that looks like a record comes up beside them.
     */
    private @Nullable List<Extent> hit(
            long from, byte[] content, List<Extent> records, long proven) {
        byte[] now = content(from, content.length);
        long ring = superblock.ringBytes();
        List<Extent> hit = new ArrayList<>();
        boolean[] covered = new boolean[content.length];
        for (Extent record : records) {
            boolean changes = false;
            for (int i = 0; i < content.length; i++) {
                long inRing = from + i - superblock.ringOffset();
                long position = record.position() + Math.floorMod(inRing - record.position(), ring);
                if (position >= record.endPosition()) continue;
                covered[i] = true;
                changes |= content[i] != now[i];
            }
            if (!changes) continue;
            // Behind the last commit a push may lie whose first part never reached the disk. With
            // the snapshot before it lost, its rest is taken for what follows the damage.
            boolean known =
                    record.snapshot() ? record.firstId() < proven : record.endId() <= proven;
            if (!known) return null;
            hit.add(record);
        }
        for (int i = 0; i < content.length; i++)
            if (!covered[i] && content[i] != now[i] && content[i] != 0) return null;
        return hit;
    }

    private byte[] content(long from, int bytes) {
        byte[] content = new byte[bytes];
        disk.map().asSlice(from, bytes).asByteBuffer().get(content);
        return content;
    }

    /** The committed records that are intact or damaged by a fault before, in order. */
    private List<Extent> records(LogPosition oldest) {
        Ring ring = new Ring(disk, superblock);
        RecordHeader header = new RecordHeader();
        List<Extent> records = new ArrayList<>();
        long id = oldest.id();
        long most = oldest.position() + 2 * superblock.ringBytes();
        for (long at = oldest.position(); at < most; ) {
            boolean valid =
                    ring.word(at + RecordHeader.AT_POSITION) == at
                            && header.decode(ring, at, superblock)
                            && header.firstId >= id;
            // Only snapshots follow the last message.
            if (id >= model.settledId() && (!valid || header.kind == RecordHeader.MESSAGES)) break;
            if (!valid) {
                at += 8;
                continue;
            }
            records.add(
                    new Extent(
                            header.kind != RecordHeader.MESSAGES,
                            header.firstId,
                            header.endId(),
                            at,
                            header.endPosition()));
            id = header.endId();
            at = header.endPosition();
        }
        return records;
    }

    private Optional<HeaderSlot> newestHeader() {
        disk.looking(true);
        try {
            Optional<HeaderSlot> a = HeaderSlot.read(disk, 0, superblock);
            Optional<HeaderSlot> b = HeaderSlot.read(disk, 1, superblock);
            if (a.isEmpty() || b.isEmpty()) return Optional.empty();
            return a.get().sequence() > b.get().sequence() ? a : b;
        } catch (IOException e) {
            throw new AssertionError(e);
        } finally {
            disk.looking(false);
        }
    }
}
