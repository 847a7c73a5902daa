package rotera.simulator.consumers;

/** What is done with a queue. */
enum Operation {
    PUSH,
    PUSH_LONG,
    PUSH_GAP,
    WRITE_OUT,
    COMMIT,
    ACKNOWLEDGE_ALL,
    ACKNOWLEDGE_SOME,
    FLUSH,
    CREATE,
    DELETE,
    RESET,
    PROTECT,
    REFUSE,
    FINISH_CHANGE,
    REST;

    /** Whether it can be done while a sync runs. */
    boolean needsNoSync() {
        return switch (this) {
            case COMMIT, FLUSH, FINISH_CHANGE, REST -> false;
            default -> true;
        };
    }
}
