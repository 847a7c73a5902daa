package rotera.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What one queue of a server costs, by how many others the server has open. These get one message
 * after the other, durable, {@value #OTHERS_PER_SECOND} a second at every size, so that they do not
 * only lie there.
 */
final class QueuesGrowth implements GrowthGroup {
    private static final List<Integer> OTHERS = List.of(1, 10, 100, 1000);
    private static final int OTHERS_PER_SECOND = 50;

    private final List<Integer> others;
    private final List<Served> servers = new ArrayList<>();

    QueuesGrowth(Path rotera, Path directory, boolean small)
            throws IOException, InterruptedException {
        others = small ? OTHERS.subList(0, 3) : OTHERS;
        for (int count : others) {
            Served server = new Served(rotera, directory.resolve("beside-" + count), count);
            servers.add(server);
            try (OriginalConnection connection = new OriginalConnection(server.port())) {
                for (int i = 0; i < count; i++)
                    connection.commitOne(2 + i, new byte[Served.MESSAGE_BYTES]);
            }
        }
    }

    @Override
    public String title() {
        return "other queues of the server";
    }

    @Override
    public List<String> sizes() {
        return others.stream().map(String::valueOf).toList();
    }

    @Override
    public Unit unit() {
        return Unit.MESSAGES;
    }

    @Override
    public List<Row> rows() {
        return Served.rows(servers::get);
    }

    @Override
    public long server(int size) {
        return servers.get(size).pid();
    }

    @Override
    public Beside at(int size) throws IOException {
        return new Trickle(servers.get(size).port(), others.get(size));
    }

    /** Pushes to the other queues, round and round. */
    private static final class Trickle implements Beside {
        private final OriginalConnection connection;
        private final int others;
        private final Thread thread;
        private volatile boolean stopped;

        Trickle(int port, int others) throws IOException {
            this.connection = new OriginalConnection(port);
            this.others = others;
            this.thread = Thread.ofPlatform().daemon().name("others").start(this::push);
        }

        private void push() {
            byte[] message = new byte[Served.MESSAGE_BYTES];
            try {
                for (int i = 0; !stopped; i = (i + 1) % others) {
                    connection.commitOne(2 + i, message);
                    TimeUnit.MILLISECONDS.sleep(1000 / OTHERS_PER_SECOND);
                }
            } catch (IOException | InterruptedException e) {
                System.err.println("the other queues got no more messages: " + e);
            }
        }

        @Override
        public void close() throws IOException {
            stopped = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            connection.close();
        }
    }

    @Override
    public void close() throws IOException {
        for (Served server : servers) server.close();
    }
}
