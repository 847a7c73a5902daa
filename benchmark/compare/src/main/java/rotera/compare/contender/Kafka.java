package rotera.compare.contender;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One broker that is its own controller, from the jars, with the JVM options of Kafka's own start
 * script; a topic of one partition. Durable: {@code flush.messages=1}.
 */
final class Kafka extends KafkaSpeaking {
    private static final String TIGHT =
            """
            log.retention.check.interval.ms=1000
            log.initial.task.delay.ms=1000
            """;

    private final boolean tight;

    Kafka(Setup setup) {
        this(setup, false);
    }

    /**
     * @param tight whether segments are small and looked at every second
     */
    Kafka(Setup setup, boolean tight) {
        super(setup);
        this.tight = tight;
    }

    @Override
    public void start() throws Exception {
        Path directory = setup.directory();
        int port = ServerProcess.freePort();
        int controller = ServerProcess.freePort();
        Path settings = directory.resolve("server.properties");
        Files.writeString(
                settings,
                """
                process.roles=broker,controller
                node.id=1
                listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d
                advertised.listeners=PLAINTEXT://127.0.0.1:%d
                controller.listener.names=CONTROLLER
                controller.quorum.voters=1@127.0.0.1:%d
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                log.dirs=%s
                offsets.topic.replication.factor=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                """
                                .formatted(
                                        port,
                                        controller,
                                        port,
                                        controller,
                                        directory.resolve("data"))
                        + (tight ? TIGHT : ""));
        if (Files.notExists(directory.resolve("data"))) {
            ServerProcess.run(
                    directory,
                    java(
                            "kafka.tools.StorageTool",
                            "format",
                            "-t",
                            "AAAAAAAAQACAAAAAAAAAAQ",
                            "-c",
                            settings.toString()));
        }
        begin(
                ServerProcess.start(directory, Map.of(), java("kafka.Kafka", settings.toString())),
                port,
                _ -> topicSettings());
    }

    private static List<String> java(String program, String... arguments) {
        return Jvm.command(
                List.of(
                        "-Xms1g",
                        "-Xmx1g",
                        "-XX:+UseG1GC",
                        "-XX:MaxGCPauseMillis=20",
                        "-XX:InitiatingHeapOccupancyPercent=35"),
                program,
                arguments);
    }

    private Map<String, String> topicSettings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("max.message.bytes", String.valueOf(2 << 20));
        if (setup.durable()) settings.put("flush.messages", "1");
        if (setup.keepAtMost()) settings.put("retention.bytes", String.valueOf(setup.roomBytes()));
        if (tight) {
            settings.put("segment.bytes", String.valueOf(setup.roomBytes() / 8));
            settings.put("file.delete.delay.ms", "100");
        }
        return settings;
    }
}
