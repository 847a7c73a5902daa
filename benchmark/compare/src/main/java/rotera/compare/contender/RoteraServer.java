package rotera.compare.contender;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import rotera.client.ConnectOptions;
import rotera.client.Rotera;
import rotera.queue.Batch;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.Start;

/**
 * {@code rotera server} as its launcher starts it, driven by the Java client: a push for each
 * batch. Durable or prompt: a commit for each batch, and the commit is the acknowledgement. Else
 * the server commits every 10 ms by itself and the acknowledgement is that of the push. The
 * producers of one queue share a client, as its documentation advises.
 */
public final class RoteraServer implements Contender {
    private static final Duration TURN = Duration.ofMillis(20);

    private final Setup setup;
    private int port;
    private @Nullable ServerProcess server;
    private final Map<Integer, Queue> clients = new HashMap<>();

    RoteraServer(Setup setup) {
        this.setup = setup;
    }

    @Override
    public void start() throws Exception {
        port = ServerProcess.freePort();
        Path files = Files.createDirectories(setup.directory().resolve("queues"));
        List<String> command =
                List.of(
                        setup.root().resolve("rotera").toString(),
                        "server",
                        "--dir",
                        files.toString(),
                        "--port",
                        String.valueOf(port),
                        "--create",
                        setup.queues().stream()
                                .map(queue -> queue + ":" + (setup.roomBytes(queue) >> 20) + "MiB")
                                .collect(Collectors.joining(",")));
        if (!commits()) command = join(command, List.of("--auto-commit", "10ms"));
        server = ServerProcess.start(setup.directory(), Map.of(), command);
        server.await(() -> {
            try (Queue queue = connect(MEASURED)) {
                return queue.ping();
            }
        });
    }

    private static List<String> join(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    private boolean commits() {
        return setup.durable() || setup.prompt();
    }

    private Queue connect(int queue) {
        return Rotera.connect(ConnectOptions.of(String.valueOf(queue)).withPort(port));
    }

    @Override
    public Producer producer(int queue) {
        return new Pushing(clients.computeIfAbsent(queue, this::connect), commits());
    }

    private record Pushing(Queue queue, Batch batch, boolean commits) implements Producer {
        Pushing(Queue queue, boolean commits) {
            this(queue, new Batch(), commits);
        }

        @Override
        public void add(byte[] message) {
            batch.add(message);
        }

        @Override
        public Ack endBatch() {
            CompletableFuture<Long> acknowledged = queue.pushAsync(batch);
            if (commits) acknowledged = queue.commitAsync();
            batch.clear();
            return acknowledged::join;
        }

        @Override
        public void flush() {
            queue.commit();
        }

        @Override
        public void close() {
            batch.close();
        }
    }

    @Override
    public void read(int queue, Receiver receiver) throws Exception {
        try (Queue connected = connect(queue)) {
            read(connected, receiver);
        }
    }

    /** Also for the queue in a file. */
    static void read(Queue queue, Receiver receiver) throws InterruptedException {
        try (MessageStream stream = queue.stream(Start.oldest())) {
            while (!receiver.isDone() && !stream.isEnded()) {
                Messages messages = stream.poll(TURN);
                while (messages.next()) {
                    int length = messages.length();
                    byte[] room = receiver.room(length);
                    MemorySegment.copy(
                            messages.data(),
                            ValueLayout.JAVA_BYTE,
                            messages.offset(),
                            room,
                            0,
                            length);
                    receiver.take(room, length);
                }
            }
        }
    }

    @Override
    public List<ProcessHandle> processes() {
        return server == null ? List.of() : server.handles();
    }

    @Override
    public void close() throws Exception {
        clients.values().forEach(Queue::close);
        clients.clear();
        if (server != null) server.stop();
    }
}
