module rotera.cli {
    requires rotera.queue;
    requires rotera.protocol;
    requires rotera.server;
    requires info.picocli;
    requires static org.jspecify;

    opens rotera.cli to
            info.picocli;
}
