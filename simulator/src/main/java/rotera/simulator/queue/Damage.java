package rotera.simulator.queue;

import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import rotera.queue.format.HeaderSlot;
import rotera.queue.format.RecordHeader;
import rotera.queue.format.Registry;
import rotera.queue.format.Ring;
import rotera.queue.format.Superblock;
import rotera.simulator.Choices;
import rotera.simulator.SimulatedDisk;
import rotera.simulator.queue.QueueModel.Push;

/**
 * Turns bits over and loses writes where it can be told what has to follow: of two copies one stays
 * good, and a record is damaged once something proves that it had been committed.
 */
final class Damage {
    private final SimulatedDisk disk;
    private final Superblock superblock;
    private final QueueModel model;
    private final Choices random;
    private final Consumer<String> note;
    private final LostWrites lostWrites;
    private boolean slotDamaged;
    private boolean slotNeeded; // it alone proves that a damaged record had been committed
    private boolean superblockDamaged;
    private int settingsCopy = -1;
    private boolean settingsDamaged; // one copy, until an opening has written it anew
    private boolean settingsLost; // the same

    Damage(
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
        this.lostWrites = new LostWrites(disk, superblock, model, random, note);
    }

    /** Whether a header slot is damaged that no opening has written anew. */
    boolean ofSlot() {
        return slotDamaged;
    }

    void slotsWrittenAnew() {
        slotDamaged = false;
        slotNeeded = false;
        settingsDamaged = false;
        settingsLost = false;
    }

    /**
     * Sometimes, the device has lost or misdirected a write of the settings, or lost one of the
     * writer's note. The decisions are those of a generator of its own: the histories of a seed are
     * the same without this.
     */
    void ofSettingsAndNote(RandomGenerator decisions) {
        if (decisions.nextInt(3) == 0 && !settingsDamaged && !settingsLost)
            settingsLost = lostWrites.ofSettings(decisions);
        if (decisions.nextInt(6) == 0) lostWrites.ofNote();
    }

    /** Sometimes, a header slot that was being written is left damaged: at most one may be. */
    void ofSlotsUnderWay(boolean[] underWay) {
        if (slotDamaged || slotNeeded || random.nextInt(8) > 0) return;
        for (int slot = 0; slot < 2; slot++) {
            if (!underWay[slot]) continue;
            slotDamaged = true;
            disk.flipBit(HeaderSlot.offset(slot) + random.nextInt(56), random.nextInt(8));
            note.accept("header slot " + slot + " was being written and is damaged");
        }
    }

    /** Damages something, where it can be told what has to follow. */
    void anywhere(long oldestId, long checkpointId) {
        if (random.nextBoolean()) flipBit(oldestId, checkpointId);
        else loseWrite(oldestId, checkpointId);
    }

    /** The device has lost or misdirected a write, and nobody was told. */
    void loseWrite(long oldestId, long checkpointId) {
        switch (random.nextInt(8)) {
            case 0 -> {
                if (!superblockDamaged) superblockDamaged = lostWrites.ofSuperblock();
            }
            case 1 -> lostWrites.ofIndex();
            case 2, 3, 4 -> {
                if (!slotDamaged && !slotNeeded) slotDamaged = lostWrites.ofSlot(oldestId);
            }
            default -> {
                if (!slotDamaged) slotNeeded |= lostWrites.ofRecords(checkpointId);
            }
        }
    }

    /** Turns a bit over, somewhere where it can be told what has to follow. */
    private void flipBit(long oldestId, long checkpointId) {
        int bit = random.nextInt(8);
        switch (random.nextInt(7)) {
            case 6 -> ofSettings(bit);
            case 5 -> ofSnapshot(bit);
            case 0 -> {
                if (superblockDamaged) return;
                superblockDamaged = true;
                disk.flipBit(
                        random.nextLong(2 * Superblock.PAGE) / Superblock.PAGE * Superblock.PAGE
                                + random.nextInt(512),
                        bit);
                note.accept("damaged a superblock");
            }
            case 1 -> {
                if (slotDamaged || slotNeeded) return;
                slotDamaged = true;
                disk.flipBit(HeaderSlot.offset(random.nextInt(2)) + random.nextInt(56), bit);
                note.accept("damaged a header slot");
            }
            case 2 -> {
                long entries = superblock.ringBytes() / superblock.intervalBytes();
                disk.flipBit(Superblock.INDEX_OFFSET + random.nextLong(32 * entries), bit);
                note.accept("damaged the index");
            }
            default -> ofRecord(bit, oldestId, checkpointId);
        }
    }

    private void ofSettings(int bit) {
        if (settingsDamaged) return;
        settingsDamaged = true;
        // The other copy than the last time: whether that was written anew shows then.
        settingsCopy = settingsCopy < 0 ? random.nextInt(2) : 1 - settingsCopy;
        int at = random.nextInt(512);
        if (settingsLost) return;
        disk.flipBit(Registry.offset(settingsCopy) + at, bit);
        note.accept("damaged a copy of the settings");
    }

    /** Damages a record of which a later one, or a checkpoint, proves that it was committed. */
    private void ofRecord(int bit, long oldestId, long checkpointId) {
        int settled = model.settled();
        if (settled == 0) return;
        int back = random.nextInt(3) == 0 ? 0 : random.nextInt(Math.min(settled, 20));
        int number = settled - 1 - back;
        Push push = model.push(number);
        Push last = model.push(settled - 1);
        boolean proven = Math.max(last.committedId, checkpointId) >= push.endId();
        if (!proven || push.firstId < oldestId) return;
        long position = lastRecord(RecordHeader.MESSAGES, push.firstId);
        if (position < 0) return;
        long at = position + random.nextLong(random.nextBoolean() ? 64 : push.space);
        note.accept("damaged push " + push.firstId + " at " + at);
        push.damaged = true;
        slotNeeded |= last.committedId < push.endId();
        if (push.producerId != 0) model.replaceClients();
        disk.flipBit(superblock.ringOffset() + at % superblock.ringBytes(), bit);
    }

    /** Damages the newest snapshot of the producers, before a record that stays: none is lost. */
    private void ofSnapshot(int bit) {
        if (model.settled() == 0) return;
        long position = lastRecord(RecordHeader.PRODUCERS, -1);
        Push last = model.push(model.settled() - 1);
        if (position < 0 || lastRecord(RecordHeader.MESSAGES, last.firstId) < position) return;
        RecordHeader header = new RecordHeader();
        header.decode(new Ring(disk, superblock), position, superblock);
        // Without its header, only a later record can prove that it had been committed.
        int from = last.committedId > header.firstId ? 0 : RecordHeader.BYTES;
        long at = position + from + random.nextInt((int) header.space() - from);
        note.accept("damaged the snapshot at " + position);
        model.replaceClients();
        disk.flipBit(superblock.ringOffset() + at % superblock.ringBytes(), bit);
    }

    /** Position of the last record of this kind, with this id if it is not negative; or -1. */
    private long lastRecord(int kind, long firstId) {
        Ring ring = new Ring(disk, superblock);
        RecordHeader header = new RecordHeader();
        long last = -1;
        for (long at = 0; at < superblock.ringBytes(); at += 8) {
            long position = ring.word(at + RecordHeader.AT_POSITION);
            if (position > last
                    && position % superblock.ringBytes() == at
                    && header.decode(ring, position, superblock)
                    && header.kind == kind
                    && (firstId < 0 || header.firstId == firstId)) last = position;
        }
        return last;
    }
}
