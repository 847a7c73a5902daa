package rotera.simulator.consumers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import rotera.simulator.consumers.Sector.Consumers;
import rotera.simulator.consumers.Sector.Header;
import rotera.simulator.consumers.Sector.Positions;
import rotera.simulator.consumers.Sector.Settings;
import rotera.simulator.consumers.Sector.Units;

/** A disk with a queue that was just created. */
final class Formatting {
    private Formatting() {}

    static SectorDisk disk(Layout layout) {
        List<Sector> sectors = new ArrayList<>();
        sectors.add(new Header(2, 1, Place.BEGIN, Place.BEGIN));
        sectors.add(new Header(1, 1, Place.BEGIN, Place.BEGIN));
        for (int copy = 0; copy < 2; copy++) {
            sectors.add(new Settings(1, false));
            for (int i = 0; i < Layout.CONSUMER_SECTORS; i++)
                sectors.add(
                        new Consumers(
                                1,
                                Place.BEGIN,
                                Collections.nCopies(Layout.SLOTS_PER_SECTOR, Optional.empty())));
        }
        for (int copy = 0; copy < 2; copy++)
            for (int i = 0; i < Layout.CONSUMER_SECTORS; i++)
                sectors.add(
                        new Positions(
                                copy,
                                Place.BEGIN,
                                Collections.nCopies(Layout.SLOTS_PER_SECTOR, Optional.empty())));
        for (int i = 0; i < layout.ringSectors(); i++)
            sectors.add(new Units(Collections.nCopies(Layout.UNITS_PER_SECTOR, Optional.empty())));
        return new SectorDisk(sectors);
    }
}
