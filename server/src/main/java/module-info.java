/** The TCP server. */
module rotera.server {
    requires rotera.queue;
    requires rotera.protocol;
    requires jdk.net;
    requires static org.jspecify;

    exports rotera.server;
}
