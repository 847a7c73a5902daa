/** Queues of a server, and of files, behind one interface. */
module rotera.client {
    requires transitive rotera.queue;
    requires transitive rotera.protocol;
    requires jdk.net;
    requires static com.google.errorprone.annotations;
    requires static org.jspecify;

    exports rotera.client;
}
