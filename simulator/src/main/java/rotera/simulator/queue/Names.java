package rotera.simulator.queue;

import java.util.HashSet;
import java.util.Set;
import rotera.queue.RotFile;

/**
 * Which names a queue may have: the one that was told, and those of changes that did not return.
 */
final class Names {
    private String told = "";
    private final Set<String> underWay = new HashSet<>();

    Names copy() {
        Names copy = new Names();
        copy.told = told;
        copy.underWay.addAll(underWay);
        return copy;
    }

    void begins(String name) {
        underWay.add(name);
    }

    void returned(String name) {
        told = name;
        underWay.clear();
    }

    /** While the queue is open, only what is durable is shown. */
    void compare(RotFile opened) {
        if (!opened.name().orElse("").equals(told))
            throw new AssertionError("the name is " + opened.name() + ", not " + told);
    }

    void reopened(RotFile opened) {
        String found = opened.name().orElse("");
        if (!found.equals(told) && !underWay.contains(found))
            throw new AssertionError(
                    "the name is " + found + ", not " + told + " or one of " + underWay);
        returned(found);
    }
}
