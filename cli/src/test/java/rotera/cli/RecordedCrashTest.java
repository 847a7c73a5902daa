package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.ServerProcess;
import rotera.cli.SystemCalls.Event;
import rotera.protocol.Reply;
import rotera.protocol.Request;
import rotera.queue.CheckResult;
import rotera.queue.CreateOptions;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.RotFile;

/**
 * A power cut of the real server, as seen from below: a library in front of the system calls writes
 * down every write and sync of the process, and what it told its clients. From that the states are
 * made that a power cut could have left at any moment, with each 512 bytes that no sync had covered
 * old or new, and opened. Nothing of this rests on our own seam. {@code -Drotera.cuts} says how
 * many.
 */
@Tag("slow")
final class RecordedCrashTest {
    private static final int CUTS = Integer.getInteger("rotera.cuts", 200);
    private static final int CLIENTS = 3;
    private static final int ROUNDS = 60;
    private static final int SECTOR = 512;
    private static final long SIZE = 256 << 10;
    private static final long RING = 49_152; // where it begins in a file of this size

    /** Some writes are short, some syncs slow: more is under way together. */
    private static final String PLAN =
            "write,.rot,short,10,5,1000000,600;sync,.rot,slow,5,4,1000000,5";

    @TempDir private Path directory;

    @Test
    void noPowerCutTakesWhatWasAcknowledged() throws Exception {
        Recording recording = record();
        Random random = random(recording);
        List<Event> events = recording.events;
        for (int cut = 0; cut < CUTS; cut++) {
            int at = random.nextInt(events.size() + 1);
            Cut state = cut(recording.before, events.subList(0, at), Optional.empty(), random);
            check(state, recording.committed, "cut " + cut + " at event " + at);
        }
    }

    /**
     * The device says that it wrote, and keeps what was there. Nothing wrong is read; and what was
     * acknowledged is there, or is named by whoever reads it and by the check, once a later commit
     * proves that it had been there.
     */
    @Test
    void aWriteThatTheDeviceLostIsNamedAndNeverAWrongMessage() throws Exception {
        Recording recording = record();
        Random random = random(recording);
        List<Event> events = recording.events;
        long named = 0;
        for (int cut = 0; cut < CUTS; cut++) {
            int at = random.nextInt(events.size() + 1);
            List<SystemCalls.Write> writes = new ArrayList<>();
            for (Event event : events.subList(0, at))
                if (event instanceof SystemCalls.Write write) writes.add(write);
            if (writes.isEmpty()) continue;
            // Mostly one of the last, behind the checkpoint.
            int among = random.nextInt(4) == 0 ? writes.size() : Math.min(writes.size(), 24);
            SystemCalls.Write lost = writes.get(writes.size() - 1 - random.nextInt(among));
            Cut state = cut(recording.before, events.subList(0, at), Optional.of(lost), random);
            String name = "cut %d at event %d without %s".formatted(cut, at, place(lost));
            Found found = readIntact(state.file);
            found.messages.forEach((id, text) -> {
                if (id < state.acknowledged)
                    assertThat(text)
                            .as("%s, id %d", name, id)
                            .isEqualTo(recording.committed.get(id));
            });
            named += found.damaged.size();
            if (!isProven(events.subList(0, at), lost)) continue;
            for (long id = found.oldest; id < state.acknowledged; id++)
                assertThat(found.messages.containsKey(id) || found.damaged.contains(id))
                        .as("%s: id %d of %s is there, or named", name, id, found.summary())
                        .isTrue();
        }
        assertThat(named).as("messages that were lost and named").isGreaterThan(CUTS / 20);
    }

    private static String place(SystemCalls.Write write) {
        return write.bytes().length + " bytes at " + write.offset();
    }

    /**
     * Whether nothing but messages can be lost with this write, and two later commits are durable:
     * the second one was made when the commit of this write was known to be durable.
     */
    private static boolean isProven(List<Event> events, SystemCalls.Write lost) {
        if (lost.offset() < RING) return true;
        int rounds = 0;
        SystemCalls.@Nullable Write waiting = lost;
        boolean written = false;
        long sync = -1;
        for (Event event : events) {
            if (event instanceof SystemCalls.Write write) {
                if (waiting == null && write.offset() >= RING) waiting = write;
            } else if (event instanceof SystemCalls.Written end) {
                written |= end.write().equals(waiting);
            } else if (event instanceof SystemCalls.SyncBegun begun) {
                if (written && sync < 0) sync = begun.call();
            } else if (event instanceof SystemCalls.Synced ended && ended.call() == sync) {
                rounds++;
                waiting = null;
                written = false;
                sync = -1;
            }
        }
        return rounds >= 3;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Recording(byte[] before, List<Event> events, Map<Long, String> committed) {}

    private Recording record() throws Exception {
        assumeThat(SystemCalls.canRecord()).as("cc is there to compile calls.c").isTrue();
        Path file = directory.resolve("7.rot");
        RotFile.create(file, CreateOptions.ofSize(SIZE));
        byte[] before = Files.readAllBytes(file);
        long inode = SystemCalls.inode(file);
        Path log = directory.resolve("calls");
        run(log);
        List<Event> events =
                SystemCalls.read(log).stream().filter(event -> concerns(event, inode)).toList();
        return new Recording(before, events, everythingThatWasEverCommitted(before, events));
    }

    private static Random random(Recording recording) {
        long seed = Long.getLong("rotera.seed", System.nanoTime());
        System.out.println("seed " + seed + ", " + recording.events.size() + " events");
        return new Random(seed);
    }

    private static boolean concerns(Event event, long inode) {
        return switch (event) {
            case SystemCalls.Write write -> write.file() == inode;
            case SystemCalls.Written written -> written.write().file() == inode;
            case SystemCalls.SyncBegun sync -> sync.file() == inode;
            case SystemCalls.Synced sync -> sync.file() == inode;
            case SystemCalls.Sent sent -> true;
            default -> false;
        };
    }

    // ---- the load

    private void run(Path log) throws Exception {
        ProcessBuilder builder = Program.builder(directory, "server", "--port=0");
        SystemCalls.record(builder, log, directory, PLAN);
        try (ServerProcess server = ServerProcess.start(builder)) {
            List<Thread> threads = new ArrayList<>();
            List<Throwable> failures = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                int number = client;
                threads.add(
                        Thread.ofPlatform()
                                .start(() -> {
                                    try {
                                        pushAndCommit(server.port(), number);
                                    } catch (IOException | RuntimeException e) {
                                        failures.add(e);
                                    }
                                }));
            }
            for (Thread thread : threads) thread.join();
            assertThat(failures).isEmpty();
            assertThat(server.terminate()).isZero();
        }
    }

    private static void pushAndCommit(int port, int client) throws IOException {
        Random random = new Random(client);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(30_000);
            for (int round = 0; round < ROUNDS; round++) {
                ByteArrayOutputStream request = new ByteArrayOutputStream();
                for (int i = random.nextInt(4); i >= 0; i--) push(request, client, round, random);
                request.writeBytes(bytes(new Request.Commit(7)));
                socket.getOutputStream().write(request.toByteArray());
                byte[] reply = socket.getInputStream().readNBytes(Reply.STATUS_BYTES);
                assertThat(reply).hasSize(Reply.STATUS_BYTES);
            }
        }
    }

    private static void push(ByteArrayOutputStream request, int client, int round, Random random) {
        List<byte[]> messages = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            String text = client + " " + round + " " + "x".repeat(random.nextInt(700));
            messages.add(text.getBytes(StandardCharsets.UTF_8));
        }
        request.writeBytes(bytes(new Request.Push(7, messages.size())));
        ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        for (byte[] message : messages)
            request.writeBytes(length.clear().putInt(message.length).array());
        for (byte[] message : messages) request.writeBytes(message);
    }

    private static byte[] bytes(Request request) {
        byte[] bytes = new byte[Request.BYTES];
        request.encode(MemorySegment.ofArray(bytes), 0);
        return bytes;
    }

    // ---- the states

    /** The file after a cut, and what clients had been told before. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Cut(byte[] file, long acknowledged) {}

    private static Cut cut(
            byte[] before, List<Event> events, Optional<SystemCalls.Write> without, Random random) {
        byte[] durable = before.clone();
        List<SystemCalls.Write> pending = new ArrayList<>();
        List<SystemCalls.Write> written = new ArrayList<>();
        Map<Long, List<SystemCalls.Write>> covered = new HashMap<>();
        long acknowledged = 0;
        for (Event event : events) {
            switch (event) {
                case SystemCalls.Write write when without.filter(write::equals).isPresent() -> {}
                case SystemCalls.Write write -> pending.add(write);
                case SystemCalls.Written end
                        when without.filter(end.write()::equals).isPresent() -> {}
                case SystemCalls.Written(SystemCalls.Write write, int bytes, boolean lost) -> {
                    SystemCalls.Write done = write.begin(bytes);
                    pending.set(pending.indexOf(write), done);
                    written.add(done);
                }
                case SystemCalls.SyncBegun(long call, long inode) ->
                        covered.put(call, List.copyOf(written));
                case SystemCalls.Synced(long call, long inode, boolean succeeded) -> {
                    assertThat(succeeded).isTrue();
                    for (SystemCalls.Write write : Objects.requireNonNull(covered.remove(call))) {
                        copy(write, durable, 0, write.bytes().length);
                        pending.remove(write);
                        written.remove(write);
                    }
                }
                case SystemCalls.Sent sent ->
                        acknowledged = Math.max(acknowledged, acknowledged(sent.bytes()));
                default -> {}
            }
        }
        int kept = random.nextInt(4); // out of three: none, all, or half of what is not synced
        for (SystemCalls.Write write : pending) {
            for (int from = 0; from < write.bytes().length; ) {
                int to = Math.min(write.bytes().length, from + SECTOR - sectorRest(write, from));
                boolean isNew = kept == 0 ? false : kept == 1 || random.nextBoolean();
                if (isNew) copy(write, durable, from, to);
                from = to;
            }
        }
        return new Cut(durable, acknowledged);
    }

    private static int sectorRest(SystemCalls.Write write, int from) {
        return (int) ((write.offset() + from) % SECTOR);
    }

    private static void copy(SystemCalls.Write write, byte[] file, int from, int to) {
        System.arraycopy(write.bytes(), from, file, (int) write.offset() + from, to - from);
    }

    /** The highest next id in replies to commits. */
    private static long acknowledged(byte[] sent) {
        MemorySegment bytes = MemorySegment.ofArray(sent);
        long highest = 0;
        for (int at = 0; at + Reply.STATUS_BYTES <= sent.length; at += Reply.STATUS_BYTES) {
            if (bytes.get(Request.U64, at) != Reply.ALIVE
                    && bytes.get(Request.U64, at) != Reply.SHUTTING_DOWN) break;
            highest = Math.max(highest, bytes.get(Request.U64, at + Reply.AT_NEXT));
        }
        return highest;
    }

    /** Ids and messages, from the state after each sync: the ring forgets the older ones. */
    private Map<Long, String> everythingThatWasEverCommitted(byte[] before, List<Event> events)
            throws IOException {
        Map<Long, String> all = new HashMap<>();
        byte[] file = before.clone();
        long acknowledged = 0;
        int syncs = 0;
        for (Event event : events) {
            if (event instanceof SystemCalls.Written written)
                copy(written.write(), file, 0, written.bytes());
            if (event instanceof SystemCalls.Synced && syncs++ % 5 == 0)
                all.putAll(readAll(file, "sync " + syncs));
            if (event instanceof SystemCalls.Sent sent)
                acknowledged = Math.max(acknowledged, acknowledged(sent.bytes()));
        }
        all.putAll(readAll(file, "end"));
        assertThat(acknowledged).isGreaterThan(CLIENTS * ROUNDS);
        for (long id = 0; id < acknowledged; id++) assertThat(all).containsKey(id);
        return all;
    }

    private void check(Cut cut, Map<Long, String> committed, String name) throws IOException {
        Map<Long, String> found = readAll(cut.file, name);
        long next = found.keySet().stream().mapToLong(id -> id + 1).max().orElse(0);
        assertThat(next).as("I1: %s", name).isGreaterThanOrEqualTo(cut.acknowledged);
        found.forEach((id, text) -> {
            if (id < cut.acknowledged)
                assertThat(text).as("I3: %s, id %d", name, id).isEqualTo(committed.get(id));
        });
    }

    /** What can be read when damage is stepped over, and the ids of what is named as damaged. */
    private record Found(
            long oldest, Map<Long, String> messages, Set<Long> damaged, List<String> findings) {
        String summary() {
            return "%d to %d, %s"
                    .formatted(oldest, oldest + messages.size() + damaged.size(), findings);
        }
    }

    private Found readIntact(byte[] content) throws IOException {
        Path file = directory.resolve("state.rot");
        Files.write(file, content);
        Map<Long, String> messagesFound = new HashMap<>();
        Set<Long> damaged = new HashSet<>();
        try (RotFile queue = RotFile.open(file);
                Messages messages = new Messages()) {
            long oldest = queue.ping().oldest();
            for (long id = oldest, next = queue.ping().next(); id < next; ) {
                try {
                    if (queue.read(id, Integer.MAX_VALUE, messages) == 0) break;
                    while (messages.next())
                        messagesFound.put(
                                messages.id(),
                                new String(messages.toByteArray(), StandardCharsets.UTF_8));
                    id = messages.nextId();
                } catch (QueueException.CorruptMessageException e) {
                    for (long lost = e.id(); lost < e.resumeId(); lost++) damaged.add(lost);
                    id = e.resumeId();
                }
            }
            CheckResult check = queue.check(damage -> {}, bytes -> {});
            assertThat(check.lost()).as("lost, says the check").isEqualTo(damaged.size());
            return new Found(oldest, messagesFound, damaged, queue.findings());
        }
    }

    private Map<Long, String> readAll(byte[] content, String name) throws IOException {
        Path file = directory.resolve("state.rot");
        Files.write(file, content);
        Map<Long, String> found = new HashMap<>();
        try (RotFile queue = RotFile.open(file);
                Messages messages = new Messages()) {
            assertThat(queue.findings()).as(name).noneMatch(text -> text.contains("damaged ("));
            for (long id = 0; queue.read(id, Integer.MAX_VALUE, messages) > 0; ) {
                while (messages.next())
                    found.put(
                            messages.id(),
                            new String(messages.toByteArray(), StandardCharsets.UTF_8));
                id = messages.nextId();
            }
        }
        return found;
    }
}
