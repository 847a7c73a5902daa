package rotera.compare.contender;

import io.aeron.FragmentAssembler;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.codecs.SourceLocation;
import io.aeron.archive.status.RecordingPos;
import io.aeron.logbuffer.FragmentHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;
import org.jspecify.annotations.Nullable;

/**
 * Aeron Archive over shared memory, media driver and archive in one process with two threads: on
 * two cores more of them get in each other's way. Producers share a publication. Acknowledged is
 * what the recording has reached. Durable: sync level 1 of files and catalog. Consumers replay the
 * recording and follow it. The application has to purge: it does so after each batch.
 */
final class Aeron implements Contender {
    private static final String CHANNEL = "aeron:ipc?term-length=64m";
    private static final String REPLAY_CHANNEL = "aeron:ipc?term-length=16m";
    private static final int TERM_BYTES = 64 << 20;
    private static final int SEGMENT_BYTES = 64 << 20;
    private static final AtomicInteger REPLAY_STREAM = new AtomicInteger(5_000);

    private final Setup setup;
    private final Path memory = Path.of("/dev/shm/rotera-compare-" + ProcessHandle.current().pid());
    private final Map<Integer, Recording> recordings = new HashMap<>();
    private @Nullable ServerProcess server;
    private io.aeron.@Nullable Aeron client;
    private @Nullable AeronArchive archive;

    /** A queue. */
    private record Recording(
            Publication publication, CountersReader counters, int counter, long id) {
        void await(long position) {
            IdleStrategy idle = idle();
            while (counters.getCounterValue(counter) < position) idle.idle();
        }
    }

    Aeron(Setup setup) {
        this.setup = setup;
    }

    private static IdleStrategy idle() {
        return new BackoffIdleStrategy(10, 20, 1_000, 200_000);
    }

    @Override
    public void start() throws Exception {
        Map<String, String> settings = new HashMap<>();
        settings.put("aeron.dir", memory.toString());
        settings.put("aeron.dir.delete.on.start", "true");
        settings.put("aeron.dir.delete.on.shutdown", "true");
        settings.put("aeron.threading.mode", "SHARED");
        settings.put("aeron.archive.threading.mode", "SHARED");
        settings.put("aeron.archive.dir", setup.directory().resolve("archive").toString());
        settings.put("aeron.archive.control.channel.enabled", "false");
        settings.put("aeron.archive.control.response.channel", "aeron:ipc");
        settings.put("aeron.archive.replication.channel", "aeron:udp?endpoint=127.0.0.1:0");
        settings.put("aeron.archive.recording.events.enabled", "false");
        settings.put("aeron.archive.segment.file.length", String.valueOf(SEGMENT_BYTES));
        if (setup.durable()) {
            settings.put("aeron.archive.file.sync.level", "1");
            settings.put("aeron.archive.catalog.file.sync.level", "1");
        }
        List<String> options = new ArrayList<>();
        settings.forEach((name, value) -> options.add("-D" + name + "=" + value));
        server =
                ServerProcess.start(
                        setup.directory(),
                        Map.of(),
                        Jvm.command(options, "io.aeron.archive.ArchivingMediaDriver"));
        client = server.await(this::connect);
        AeronArchive.Context context =
                new AeronArchive.Context()
                        .aeron(client)
                        .ownsAeronClient(false)
                        .controlRequestChannel("aeron:ipc")
                        .controlResponseChannel("aeron:ipc");
        archive = server.await(() -> AeronArchive.connect(context.clone()));
        for (int queue : setup.queues()) recordings.put(queue, record(client, archive, queue));
    }

    private io.aeron.Aeron connect() throws IOException {
        // Connecting waits by itself, but slowly.
        if (!Files.exists(memory.resolve("cnc.dat"))) throw new IOException("not there yet");
        return io.aeron.Aeron.connect(
                new io.aeron.Aeron.Context().aeronDirectoryName(memory.toString()));
    }

    private Recording record(io.aeron.Aeron client, AeronArchive archive, int queue) {
        long _ = archive.startRecording(CHANNEL, queue, SourceLocation.LOCAL);
        Publication publication =
                setup.prompt()
                        ? client.addPublication(CHANNEL, queue)
                        : client.addExclusivePublication(CHANNEL, queue);
        CountersReader counters = client.countersReader();
        int counter;
        do {
            Thread.onSpinWait();
            counter =
                    RecordingPos.findCounterIdBySession(
                            counters, publication.sessionId(), archive.archiveId());
        } while (counter == CountersReader.NULL_COUNTER_ID);
        return new Recording(
                publication, counters, counter, RecordingPos.getRecordingId(counters, counter));
    }

    private Recording recording(int queue) {
        return Objects.requireNonNull(recordings.get(queue));
    }

    private AeronArchive archive() {
        if (archive == null) throw new IllegalStateException("not started");
        return archive;
    }

    @Override
    public Producer producer(int queue) {
        return new Offering(recording(queue));
    }

    private final class Offering implements Producer {
        private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
        private final IdleStrategy idle = idle();
        private final Recording recording;
        private long position;
        private long purged;

        Offering(Recording recording) {
            this.recording = recording;
        }

        @Override
        public void add(byte[] message) {
            buffer.wrap(message);
            idle.reset();
            while (true) {
                position = recording.publication.offer(buffer);
                if (position > 0) return;
                if (position == Publication.CLOSED
                        || position == Publication.MAX_POSITION_EXCEEDED) {
                    throw new IllegalStateException("offer returned " + position);
                }
                idle.idle();
            }
        }

        @Override
        public Ack endBatch() {
            long upTo = position;
            if (setup.keepAtMost()) purge();
            return () -> recording.await(upTo);
        }

        private void purge() {
            long start =
                    AeronArchive.segmentFileBasePosition(
                            0,
                            Math.max(0, position - setup.roomBytes()),
                            TERM_BYTES,
                            SEGMENT_BYTES);
            if (start <= purged) return;
            recording.await(position);
            long _ = archive().purgeSegments(recording.id, start);
            purged = start;
        }

        @Override
        public void close() {}
    }

    @Override
    public boolean suitsVirtualThreads() {
        return false;
    }

    @Override
    public void read(int queue, Receiver receiver) {
        FragmentHandler handler =
                (buffer, offset, length, header) -> {
                    byte[] room = receiver.room(length);
                    buffer.getBytes(offset, room, 0, length);
                    receiver.take(room, length);
                };
        FragmentAssembler assembler = new FragmentAssembler(handler);
        IdleStrategy idle = idle();
        long recording = recording(queue).id;
        int stream = REPLAY_STREAM.incrementAndGet();
        try (Subscription replay =
                archive()
                        .replay(
                                recording,
                                archive().getStartPosition(recording),
                                Long.MAX_VALUE,
                                REPLAY_CHANNEL,
                                stream)) {
            while (!receiver.isDone()) idle.idle(replay.poll(assembler, 1_000));
        }
    }

    @Override
    public List<ProcessHandle> processes() {
        return server == null ? List.of() : server.handles();
    }

    @Override
    public void close() throws Exception {
        recordings.clear();
        if (archive != null) archive.close();
        if (client != null) client.close();
        if (server != null) server.stop();
        archive = null;
        client = null;
        if (Files.exists(memory)) {
            try (Stream<Path> files = Files.walk(memory)) {
                for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList())
                    Files.delete(file);
            }
        }
    }
}
