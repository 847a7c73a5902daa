package rotera.simulator.consumers;

/**
 * A place in the queue: all ids below {@code id} are before it, its record begins at {@code
 * position}.
 */
record Place(long id, long position) {
    static final Place BEGIN = new Place(0, 0);

    Place max(Place other) {
        return other.id > id ? other : this;
    }

    boolean isBefore(Place other) {
        return position < other.position;
    }

    @Override
    public String toString() {
        return id + "@" + position;
    }
}
