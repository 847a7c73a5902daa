/** Queues of a server, and of files, behind one interface. */
module rotera.client {
    requires transitive rotera.queue;
    requires transitive rotera.protocol;
    requires jdk.net;
    requires static org.jspecify;

    exports rotera.client;
}
