/** The load generator behind {@code rotera bench}. */
@SuppressWarnings("requires-transitive-automatic")
module rotera.bench {
    requires transitive rotera.queue;
    requires transitive rotera.client;
    requires HdrHistogram;
    requires static org.jspecify;

    exports rotera.bench;
}
