package rotera.bench;

import java.nio.file.Path;
import java.util.OptionalLong;
import rotera.client.ConnectOptions;
import rotera.client.Rotera;
import rotera.queue.Queue;
import rotera.queue.RotFile;

/** Where the queue is that is driven. */
public sealed interface Place extends AutoCloseable {

    /** The queue, for one thread. Given back with {@link #leave}. */
    Queue enter();

    void leave(Queue queue);

    /** The process whose time and memory are looked at, if it is known. */
    OptionalLong process();

    @Override
    void close();

    /** A file of this process, which all threads share. */
    final class InFile implements Place {
        private final RotFile file;

        /** One that is only read is not changed at all. */
        public InFile(Path path, boolean toWrite) {
            file = toWrite ? RotFile.open(path) : RotFile.openReadOnly(path);
        }

        @Override
        public Queue enter() {
            return file;
        }

        @Override
        public void leave(Queue queue) {}

        @Override
        public OptionalLong process() {
            return OptionalLong.of(ProcessHandle.current().pid());
        }

        @Override
        public void close() {
            file.close();
        }
    }

    /** A queue of a server; each thread has a connection of its own. */
    record OnServer(ConnectOptions options, OptionalLong process) implements Place {

        @Override
        public Queue enter() {
            return Rotera.connect(options);
        }

        @Override
        public void leave(Queue queue) {
            queue.close();
        }

        @Override
        public void close() {}
    }
}
