/** The wire: layouts and codecs, no sockets. */
module rotera.protocol {
    requires rotera.queue;
    requires static org.jspecify;

    exports rotera.protocol;
}
