module rotera.benchmark {
    requires rotera.queue;
    requires rotera.client;
    requires rotera.protocol;
    requires static org.jspecify;
}
