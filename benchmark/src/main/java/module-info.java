module rotera.benchmark {
    requires rotera.queue;
    requires rotera.protocol;
    requires static org.jspecify;
}
