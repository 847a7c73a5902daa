package rotera.kafka;

/** All the memory that connections may take together is taken. */
final class MemoryShort extends RuntimeException {
    private static final long serialVersionUID = 1;

    MemoryShort(String message) {
        super(message);
    }
}
