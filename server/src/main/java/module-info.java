/** The TCP server. */
module rotera.server {
    requires rotera.queue;
    requires rotera.protocol;
    requires static org.jspecify;

    exports rotera.server;
}
