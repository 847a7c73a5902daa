package rotera.compare.contender;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * No queue, only the least that the work takes: length and bytes of each message into a file of
 * written blocks, a write for each batch; durable: {@code fdatasync}, shared by those who wait. No
 * checksum, no recovery.
 */
final class BareFile implements Contender {
    private static final ValueLayout.OfInt LENGTH =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Setup setup;
    private final Map<Integer, Log> logs = new HashMap<>();

    BareFile(Setup setup) {
        this.setup = setup;
    }

    @Override
    public void start() throws IOException {
        for (int queue : setup.queues()) {
            Path path = setup.directory().resolve(String.valueOf(queue));
            logs.put(queue, new Log(path, setup.roomBytes(queue)));
        }
    }

    /** A file, written from the start again at its end. */
    private static final class Log implements AutoCloseable {
        private final FileChannel channel;
        private final long bytes;
        private final Object syncing = new Object();
        private long at;
        private volatile long written;
        private long synced;

        Log(Path path, long bytes) throws IOException {
            this.bytes = bytes;
            channel =
                    FileChannel.open(
                            path,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.CREATE);
            ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
            for (long done = channel.size(); done < bytes; done += zeros.capacity()) {
                write(channel, zeros.clear(), done);
            }
            channel.force(true);
        }

        private static void write(FileChannel channel, ByteBuffer bytes, long at)
                throws IOException {
            while (bytes.hasRemaining()) at += channel.write(bytes, at);
        }

        synchronized long append(ByteBuffer batch) throws IOException {
            int length = batch.remaining();
            if (at + length > bytes) at = 0;
            write(channel, batch, at);
            at += length;
            written += length;
            return written;
        }

        void sync(long upTo) throws IOException {
            synchronized (syncing) {
                if (synced >= upTo) return;
                long now = written;
                channel.force(false);
                synced = now;
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @Override
    public Producer producer(int queue) {
        return new Writing(Objects.requireNonNull(logs.get(queue)), setup);
    }

    private static final class Writing implements Producer {
        private final ByteBuffer batch;
        private final Log log;
        private final boolean durable;

        Writing(Log log, Setup setup) {
            this.log = log;
            durable = setup.durable();
            batch =
                    ByteBuffer.allocateDirect(setup.batch() * (4 + setup.messageBytes()))
                            .order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public void add(byte[] message) {
            batch.putInt(message.length).put(message);
        }

        @Override
        public Ack endBatch() throws IOException {
            long end = log.append(batch.flip());
            batch.clear();
            if (durable) log.sync(end);
            return Ack.NOW;
        }

        @Override
        public void close() {}
    }

    @Override
    public boolean suitsVirtualThreads() {
        return false;
    }

    @Override
    public void read(int queue, Receiver receiver) throws IOException {
        Log log = Objects.requireNonNull(logs.get(queue));
        try (Arena arena = Arena.ofShared()) {
            MemorySegment file =
                    log.channel.map(FileChannel.MapMode.READ_ONLY, 0, log.bytes, arena);
            long at = 0;
            while (!receiver.isDone()) {
                long end = log.written;
                if (at == end) LockSupport.parkNanos(20_000);
                while (at < end) at = take(file, at, receiver);
            }
        }
    }

    private static long take(MemorySegment file, long at, Receiver receiver) {
        int length = file.get(LENGTH, at);
        byte[] room = receiver.room(length);
        MemorySegment.copy(file, ValueLayout.JAVA_BYTE, at + 4, room, 0, length);
        receiver.take(room, length);
        return at + 4 + length;
    }

    @Override
    public List<ProcessHandle> processes() {
        return List.of();
    }

    @Override
    public void close() throws IOException {
        for (Log log : logs.values()) log.close();
        logs.clear();
    }
}
