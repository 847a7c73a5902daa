package rotera.client;

import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import rotera.queue.Queue;
import rotera.queue.RotFile;

class InMemoryContractTest extends QueueContractTest {
    @Override
    Queue open(Path file) {
        return RotFile.inMemory(SIZE);
    }

    @Override
    Queue reopen() {
        return Assumptions.abort("a queue in memory is gone when it is closed");
    }
}
