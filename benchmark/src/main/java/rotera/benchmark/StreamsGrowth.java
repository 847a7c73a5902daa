package rotera.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What one queue of a server costs, by how many streams wait for messages of other queues. */
final class StreamsGrowth implements GrowthGroup {
    private static final List<Integer> STREAMS = List.of(1, 10, 100, 1000);
    private static final int OTHER_QUEUES = 10;

    private final List<Integer> streams;
    private final Served server;

    StreamsGrowth(Path rotera, Path directory, boolean small)
            throws IOException, InterruptedException {
        streams = small ? STREAMS.subList(0, 3) : STREAMS;
        server = new Served(rotera, directory.resolve("streams"), OTHER_QUEUES);
    }

    @Override
    public String title() {
        return "streams that wait on other queues";
    }

    @Override
    public List<String> sizes() {
        return streams.stream().map(String::valueOf).toList();
    }

    @Override
    public Unit unit() {
        return Unit.MESSAGES;
    }

    @Override
    public List<Row> rows() {
        return Served.rows(_ -> server);
    }

    @Override
    public long server(int size) {
        return server.pid();
    }

    @Override
    public Beside at(int size) throws IOException {
        List<OriginalConnection> waiting = new ArrayList<>();
        for (int i = 0; i < streams.get(size); i++) {
            OriginalConnection connection = new OriginalConnection(server.port());
            waiting.add(connection);
            connection.waitForNothing(2 + i % OTHER_QUEUES);
        }
        return () -> {
            for (OriginalConnection connection : waiting) connection.close();
        };
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
