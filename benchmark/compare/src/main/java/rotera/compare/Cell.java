package rotera.compare;

import rotera.compare.contender.Contenders;
import rotera.compare.work.Works;

/** A work that a contender does. */
public record Cell(Works work, Contenders contender) {

    @Override
    public String toString() {
        return work.id() + ":" + contender.id();
    }
}
