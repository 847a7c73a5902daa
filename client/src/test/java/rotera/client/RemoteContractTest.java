package rotera.client;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import rotera.queue.Queue;
import rotera.server.Server;
import rotera.server.ServerOptions;

class RemoteContractTest extends QueueContractTest {
    private @Nullable Server server;

    @Override
    Queue open(Path file) throws Exception {
        if (server == null) server = Server.start(ServerOptions.of(directory).withPort(0));
        return Rotera.connect("127.0.0.1:" + server.port(), "7");
    }

    @AfterEach
    void stop() {
        if (server != null) server.close();
    }
}
