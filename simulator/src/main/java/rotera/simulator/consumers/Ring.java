package rotera.simulator.consumers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rotera.simulator.consumers.Sector.Unit;
import rotera.simulator.consumers.Sector.Units;

/** Records in the sectors of the ring. */
final class Ring {
    private final SectorDisk disk;
    private final Layout layout;

    Ring(SectorDisk disk, Layout layout) {
        this.disk = disk;
        this.layout = layout;
    }

    /** The header that begins here, if its own position says so. */
    @Nullable RingRecord header(long position) {
        Unit unit = unit(position);
        return unit != null && unit.part() == 0 && unit.record().position() == position
                ? unit.record()
                : null;
    }

    /** The record that begins here, with its whole body. */
    @Nullable RingRecord whole(long position) {
        RingRecord record = header(position);
        if (record == null) return null;
        for (int part = 1; part < record.units(); part++) {
            Unit unit = unit(position + part);
            if (unit == null || unit.part() != part || unit.record().serial() != record.serial())
                return null;
        }
        return record;
    }

    /** Writes records that follow each other: each sector once. */
    void write(List<RingRecord> records) {
        List<Optional<Unit>> sector = List.of();
        int number = -1;
        for (RingRecord record : records) {
            for (int part = 0; part < record.units(); part++) {
                long position = record.position() + part;
                if (layout.ring(position) != number) {
                    if (number >= 0) disk.write(number, new Units(List.copyOf(sector)));
                    number = layout.ring(position);
                    sector = new ArrayList<>(units(number));
                }
                sector.set(layout.unitWithin(position), Optional.of(new Unit(record, part)));
            }
        }
        if (number >= 0) disk.write(number, new Units(List.copyOf(sector)));
    }

    /** Puts zeros over a header. */
    void wipe(long position) {
        int number = layout.ring(position);
        List<Optional<Unit>> sector = new ArrayList<>(units(number));
        sector.set(layout.unitWithin(position), Optional.empty());
        disk.write(number, new Units(List.copyOf(sector)));
    }

    /**
     * What a reader finds between two places. What is not there, or not what it should be, is left
     * out.
     */
    List<RingRecord> read(Place from, long end, Rules rules) {
        List<RingRecord> found = new ArrayList<>();
        long id = from.id();
        int epoch = 0;
        boolean behindHole = false;
        long position = from.position();
        while (position < end) {
            RingRecord record = whole(position);
            boolean fits =
                    record != null
                            && position + record.units() <= end
                            && (behindHole ? record.firstId() >= id : record.firstId() == id)
                            && (record.epoch() >= epoch
                                    || rules.leaveOut(Rule.READERS_COMPARE_EPOCHS));
            if (record == null || !fits) {
                behindHole = true;
                position++;
                continue;
            }
            found.add(record);
            id = record.nextId();
            epoch = record.epoch();
            position += record.units();
            behindHole = false;
        }
        return found;
    }

    private @Nullable Unit unit(long position) {
        return units(layout.ring(position)).get(layout.unitWithin(position)).orElse(null);
    }

    private List<Optional<Unit>> units(int sector) {
        return disk.read(sector) instanceof Units units
                ? units.units()
                : Collections.nCopies(Layout.UNITS_PER_SECTOR, Optional.empty());
    }
}
