/** What measures the project: reports, curves and micro-benchmarks. No part of the program. */
module rotera.benchmark {
    requires rotera.queue;
    requires rotera.protocol;
    requires rotera.client;
    requires rotera.bench;
    requires static org.jspecify;
}
