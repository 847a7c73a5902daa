package rotera.compare.contender;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * {@code rotera server --kafka} as its launcher starts it, driven by the clients of Kafka exactly
 * as Kafka is. It has one durability: an acknowledgement is given after a sync.
 */
final class RoteraKafka extends KafkaSpeaking {

    RoteraKafka(Setup setup) {
        super(setup);
    }

    @Override
    public void start() throws Exception {
        int port = ServerProcess.freePort();
        Path files = Files.createDirectories(setup.directory().resolve("queues"));
        List<String> command =
                List.of(
                        setup.root().resolve("rotera").toString(),
                        "server",
                        "--dir",
                        files.toString(),
                        "--port",
                        String.valueOf(ServerProcess.freePort()),
                        "--kafka",
                        String.valueOf(port));
        begin(
                ServerProcess.start(setup.directory(), Map.of(), command),
                port,
                queue -> Map.of("rotera.size", (setup.roomBytes(queue) >> 20) + "MiB"));
    }
}
