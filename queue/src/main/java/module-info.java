/** The embeddable queue: the rot file and the five functions. */
@SuppressWarnings("module") // that which may see the seam is built later
module rotera.queue {
    requires static org.jspecify;

    exports rotera.queue;
    exports rotera.queue.disk to
            rotera.benchmark;
}
