/**
 * The embeddable queue: the rot file and the five functions. A program that uses it sees {@code
 * rotera.queue} alone; the other exports are for the parts of this project.
 */
@SuppressWarnings("module") // those parts are built later
module rotera.queue {
    requires static org.jspecify;

    exports rotera.queue;
    exports rotera.queue.buffer to
            rotera.cli,
            rotera.client,
            rotera.kafka,
            rotera.protocol,
            rotera.server;
    exports rotera.queue.disk to
            rotera.cli,
            rotera.client,
            rotera.kafka,
            rotera.protocol,
            rotera.server;
    exports rotera.queue.format to
            rotera.cli,
            rotera.client,
            rotera.kafka,
            rotera.protocol,
            rotera.server;
    exports rotera.queue.record to
            rotera.cli,
            rotera.client,
            rotera.kafka,
            rotera.protocol,
            rotera.server;
}
