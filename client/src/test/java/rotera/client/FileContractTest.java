package rotera.client;

import java.nio.file.Path;
import rotera.queue.Queue;

class FileContractTest extends QueueContractTest {
    @Override
    Queue open(Path file) {
        return Rotera.open(file);
    }
}
