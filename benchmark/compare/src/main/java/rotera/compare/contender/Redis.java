package rotera.compare.contender;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;

/**
 * Redis Streams with an append-only file. Jedis' connection is used below its objects: commands of
 * a batch are written one after the other (a pipeline), and their replies are read when the batch
 * behind is already on its way. Durable: {@code appendfsync always}.
 */
final class Redis implements Contender {
    /**
     * Replies that fit the client's buffers: more would come in larger pieces than the cache holds.
     */
    private static final int READ_BYTES = 1 << 20;

    private final Setup setup;
    private @Nullable ServerProcess server;
    private int port;

    Redis(Setup setup) {
        this.setup = setup;
    }

    @Override
    public void start() throws Exception {
        port = ServerProcess.freePort();
        server =
                ServerProcess.start(
                        setup.directory(),
                        Map.of(),
                        List.of(
                                "redis-server",
                                "--bind",
                                "127.0.0.1",
                                "--port",
                                String.valueOf(port),
                                "--dir",
                                setup.directory().toString(),
                                "--save",
                                "",
                                "--appendonly",
                                "yes",
                                "--appendfsync",
                                setup.durable() ? "always" : "everysec"));
        server.await(() -> {
            try (Connection connection = new Connection("127.0.0.1", port)) {
                connection.sendCommand(Protocol.Command.PING);
                return connection.getOne();
            }
        });
    }

    private static byte[] bytes(Object text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] key(int queue) {
        return bytes("queue-" + queue);
    }

    @Override
    public Producer producer(int queue) {
        return new Pipeline(port, command(queue));
    }

    /** All of the command but the message, which is the last argument. */
    private byte[][] command(int queue) {
        if (!setup.keepAtMost())
            return new byte[][] {key(queue), bytes("*"), bytes("v"), new byte[0]};
        long messages = setup.roomBytes() / setup.messageBytes();
        return new byte[][] {
            key(queue),
            bytes("MAXLEN"),
            bytes("~"),
            bytes(messages),
            bytes("*"),
            bytes("v"),
            new byte[0]
        };
    }

    private static final class Pipeline extends Connection implements Producer {
        private final byte[][] arguments;
        private int added;

        Pipeline(int port, byte[][] arguments) {
            super("127.0.0.1", port);
            this.arguments = arguments;
        }

        @Override
        public void add(byte[] message) {
            arguments[arguments.length - 1] = message;
            sendCommand(Protocol.Command.XADD, arguments);
            added++;
        }

        @Override
        public Ack endBatch() {
            flush();
            int replies = added;
            added = 0;
            return () -> {
                for (Object reply : getMany(replies)) {
                    if (reply instanceof Exception e) throw e;
                }
            };
        }

        @Override
        public void flush() {
            super.flush();
        }
    }

    @Override
    public boolean suitsVirtualThreads() {
        return false;
    }

    @Override
    public void read(int queue, Receiver receiver) {
        byte[] count = bytes(Math.clamp(READ_BYTES / setup.messageBytes(), 1, 1_000));
        byte[] last = bytes("0");
        try (Connection connection = new Connection("127.0.0.1", port)) {
            while (!receiver.isDone()) {
                connection.sendCommand(
                        Protocol.Command.XREAD,
                        bytes("COUNT"),
                        count,
                        bytes("BLOCK"),
                        bytes("20"),
                        bytes("STREAMS"),
                        key(queue),
                        last);
                if (connection.getOne() instanceof List<?> streams) last = take(streams, receiver);
            }
        }
    }

    /** [[key, [[id, [field, value]], ...]]]. */
    private static byte[] take(List<?> streams, Receiver receiver) {
        List<?> stream = (List<?>) streams.getFirst();
        List<?> entries = (List<?>) stream.get(1);
        for (Object entry : entries) {
            List<?> fields = (List<?>) ((List<?>) entry).get(1);
            receiver.take((byte[]) fields.get(1));
        }
        return (byte[]) ((List<?>) entries.getLast()).getFirst();
    }

    @Override
    public List<ProcessHandle> processes() {
        return server == null ? List.of() : server.handles();
    }

    @Override
    public void close() throws Exception {
        if (server != null) server.stop();
    }
}
