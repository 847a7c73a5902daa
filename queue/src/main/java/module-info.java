/** The embeddable queue: the rot file and the five functions. */
@SuppressWarnings("module") // those that may see the seam are built later
module rotera.queue {
    requires static org.jspecify;

    exports rotera.queue;
    exports rotera.queue.disk to
            rotera.simulator,
            rotera.benchmark;
}
