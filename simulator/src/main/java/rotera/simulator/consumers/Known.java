package rotera.simulator.consumers;

import rotera.simulator.consumers.Sector.Consumer;

/** A consumer, as its user knows it. */
final class Known {
    final Consumer consumer;

    /** Told before the newest page: what may be left if a device loses that one. */
    long before;

    /** Told. */
    long told;

    /** Asked for. */
    long submitted;

    /** Asked for when the push under way began. */
    long submittedBeforePush;

    /** Protected from here on. */
    long protectedFrom;

    /** The last position that was shown. */
    long shown;

    Known(Consumer consumer, long position) {
        this.consumer = consumer;
        this.before = position;
        this.told = position;
        this.submitted = position;
        this.submittedBeforePush = position;
        this.shown = position;
    }

    /** The same consumer with another protection. */
    Known with(Consumer changed) {
        Known known = new Known(changed, told);
        known.before = before;
        known.submitted = submitted;
        known.submittedBeforePush = submittedBeforePush;
        known.protectedFrom = protectedFrom;
        known.shown = shown;
        return known;
    }
}
