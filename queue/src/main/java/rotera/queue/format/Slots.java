package rotera.queue.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rotera.queue.disk.Disk;

/**
 * What the two header slots hold. The newest header counts, wherever it lies: a device may have
 * damaged a slot, lost its last write, or written it into the other slot.
 */
public record Slots(Optional<HeaderSlot> a, Optional<HeaderSlot> b) {

    public static Slots read(Disk disk, Superblock superblock) throws IOException {
        return new Slots(
                HeaderSlot.read(disk, 0, superblock), HeaderSlot.read(disk, 1, superblock));
    }

    public boolean bothDamaged() {
        return a.isEmpty() && b.isEmpty();
    }

    public boolean oneDamaged() {
        return a.isEmpty() != b.isEmpty();
    }

    /** The header of the higher sequence; of two of the same one, that of the later checkpoint. */
    public HeaderSlot newest() {
        if (a.isEmpty()) return b.orElseThrow();
        if (b.isEmpty()) return a.get();
        // Two of one sequence: one was written without a sync, and the next into the wrong slot.
        if (a.get().sequence() == b.get().sequence())
            return a.get().checkpoint().position() > b.get().checkpoint().position()
                    ? a.get()
                    : b.get();
        return a.get().sequence() > b.get().sequence() ? a.get() : b.get();
    }

    /** What is wrong with them, but for damage to one of them. */
    public List<String> findings() {
        List<String> findings = new ArrayList<>();
        describe(0, a, findings);
        describe(1, b, findings);
        return findings;
    }

    private void describe(int slot, Optional<HeaderSlot> header, List<String> findings) {
        if (header.isEmpty()) return;
        long sequence = header.get().sequence();
        long newest = newest().sequence();
        if ((sequence & 1) != slot)
            findings.add(
                    "header slot %s (byte %d) holds a header of the other slot (sequence %d): the device wrote it into the wrong place; nothing is lost"
                            .formatted(name(slot), HeaderSlot.offset(slot), sequence));
        else if (sequence < newest - 1)
            findings.add(
                    "header slot %s (byte %d) holds an older header (sequence %d, the newest is %d): the device lost a write of it; the other slot led to everything"
                            .formatted(name(slot), HeaderSlot.offset(slot), sequence, newest));
    }

    public static String name(int slot) {
        return slot == 0 ? "A" : "B";
    }
}
