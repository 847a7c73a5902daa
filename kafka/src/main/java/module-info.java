/** A listener through which programs that speak the Kafka protocol use the queues of a server. */
module rotera.kafka {
    requires rotera.queue;
    requires rotera.server;
    requires com.github.luben.zstd_jni;
    requires org.xerial.snappy;
    requires org.lz4.java;
    requires static org.jspecify;

    exports rotera.kafka;
}
