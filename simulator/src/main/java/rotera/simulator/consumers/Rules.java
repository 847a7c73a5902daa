package rotera.simulator.consumers;

import java.util.EnumSet;
import java.util.Set;

/** The rules that the model obeys: all of them, but for those that a test leaves out. */
final class Rules {
    static final Rules ALL = new Rules(EnumSet.noneOf(Rule.class));

    private final Set<Rule> leftOut;

    private Rules(Set<Rule> leftOut) {
        this.leftOut = leftOut;
    }

    static Rules without(Rule rule) {
        return new Rules(EnumSet.of(rule));
    }

    boolean hold(Rule rule) {
        return !leftOut.contains(rule);
    }

    boolean leaveOut(Rule rule) {
        return leftOut.contains(rule);
    }
}
