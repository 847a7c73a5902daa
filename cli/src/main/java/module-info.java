/** The {@code rotera} program. */
module rotera.cli {
    requires rotera.queue;
    requires rotera.protocol;
    requires rotera.client;
    requires rotera.server;
    requires rotera.kafka;
    requires rotera.bench;
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires org.jline.reader;
    requires org.jline.terminal;
    requires static org.jspecify;

    provides System.LoggerFinder with
            rotera.cli.ConsoleLoggerFinder;

    opens rotera.cli to
            info.picocli;
    opens rotera.cli.bench to
            info.picocli;
    opens rotera.cli.command to
            info.picocli;
    opens rotera.cli.queues to
            info.picocli;
    opens rotera.cli.repl to
            info.picocli;
    opens rotera.cli.text to
            info.picocli;
    opens rotera.cli.top to
            info.picocli;
}
