/** The {@code rotera} program. */
module rotera.cli {
    requires rotera.queue;
    requires rotera.protocol;
    requires rotera.client;
    requires rotera.server;
    requires rotera.kafka;
    requires rotera.benchmark;
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires org.jline.reader;
    requires org.jline.terminal;
    requires static org.jspecify;

    provides System.LoggerFinder with
            rotera.cli.PlainLogs;

    opens rotera.cli to
            info.picocli;
}
