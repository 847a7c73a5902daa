package rotera.simulator.consumers;

import org.jspecify.annotations.Nullable;

/** What a device did to one sector at rest: it lost writes, or damaged it. */
record Fault(int sector, Layout.Area area, int lostWrites) {

    /** {@code lostWrites} is 0 for damage. */
    static Fault of(int sector, Layout layout, int lostWrites) {
        return new Fault(sector, layout.area(sector), lostWrites);
    }

    void apply(SectorDisk disk) {
        if (lostWrites == 0) disk.damage(sector);
        else disk.lose(sector, lostWrites);
    }

    static boolean isIn(@Nullable Fault fault, Layout.Area area) {
        return fault != null && fault.area() == area;
    }

    @Override
    public String toString() {
        return (lostWrites == 0 ? "damage to" : lostWrites + " lost writes of")
                + " sector "
                + sector
                + " ("
                + area
                + ")";
    }
}
