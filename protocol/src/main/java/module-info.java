module rotera.protocol {
    requires rotera.queue;
    requires static org.jspecify;
}
