package rotera.compare.contender;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * SQLite with a write-ahead log, through JDBC: a row a message, a transaction a batch. SQLite lets
 * one connection write at a time, so producers share one. Durable: {@code synchronous=FULL}, else
 * {@code NORMAL}, which syncs at checkpoints.
 */
final class Sqlite implements Contender {
    private final Setup setup;
    private final Map<Integer, Connection> writers = new HashMap<>();

    Sqlite(Setup setup) {
        this.setup = setup;
    }

    @Override
    public void start() throws SQLException {
        for (int queue : setup.queues()) {
            Connection connection = connect(queue);
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA journal_mode=WAL");
                statement.execute("PRAGMA synchronous=" + (setup.durable() ? "FULL" : "NORMAL"));
                statement.execute(
                        "CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, message BLOB)");
            }
            connection.setAutoCommit(false);
            writers.put(queue, connection);
        }
    }

    private Connection connect(int queue) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:sqlite:" + setup.directory().resolve("queue-" + queue + ".db"));
    }

    @Override
    public Producer producer(int queue) {
        long kept = setup.keepAtMost() ? setup.roomBytes() / setup.messageBytes() : Long.MAX_VALUE;
        return new Inserting(Objects.requireNonNull(writers.get(queue)), kept);
    }

    private static final class Inserting implements Producer {
        private final List<byte[]> batch = new ArrayList<>();
        private final Connection connection;
        private final long kept;

        Inserting(Connection connection, long kept) {
            this.connection = connection;
            this.kept = kept;
        }

        @Override
        public void add(byte[] message) {
            batch.add(message.clone());
        }

        @Override
        public Ack endBatch() throws SQLException {
            synchronized (connection) {
                try (PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO messages (message) VALUES (?)")) {
                    for (byte[] message : batch) {
                        insert.setBytes(1, message);
                        int _ = insert.executeUpdate();
                    }
                }
                if (kept < Long.MAX_VALUE) deleteOldest();
                connection.commit();
            }
            batch.clear();
            return Ack.NOW;
        }

        private void deleteOldest() throws SQLException {
            try (Statement delete = connection.createStatement()) {
                int _ =
                        delete.executeUpdate(
                                "DELETE FROM messages WHERE id <= (SELECT max(id) FROM messages) - "
                                        + kept);
            }
        }

        @Override
        public void close() {}
    }

    @Override
    public void read(int queue, Receiver receiver) throws SQLException {
        int most = Math.clamp((4 << 20) / setup.messageBytes(), 1, 10_000);
        try (Connection connection = connect(queue);
                PreparedStatement select =
                        connection.prepareStatement(
                                "SELECT id, message FROM messages WHERE id > ? ORDER BY id LIMIT "
                                        + most)) {
            long last = 0;
            while (!receiver.isDone()) {
                select.setLong(1, last);
                long before = last;
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        last = rows.getLong(1);
                        receiver.take(rows.getBytes(2));
                    }
                }
                if (last == before) LockSupport.parkNanos(100_000);
            }
        }
    }

    @Override
    public List<ProcessHandle> processes() {
        return List.of();
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : writers.values()) connection.close();
        writers.clear();
    }
}
