/** Load drivers, and the engine of {@code rotera bench}. */
@SuppressWarnings("requires-transitive-automatic")
module rotera.benchmark {
    requires transitive rotera.queue;
    requires transitive rotera.client;
    requires rotera.protocol;
    requires HdrHistogram;
    requires static org.jspecify;

    exports rotera.benchmark;
}
