package rotera.cli;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import rotera.cli.SystemCalls.Event;

/**
 * What clients of a recorded server were answered, compared with the record: at the moment when an
 * answer left the server, a sync that began after the write of what the answer names had succeeded.
 */
final class RecordedServer {
    /** What an answer makes the client rely on. */
    sealed interface Claim {
        /** A file holds this text. */
        record Holds(String text) implements Claim {}

        /** Every message with a smaller id is durable. */
        record Below(long id) implements Claim {}

        /** There is a queue whose file was created and never deleted. */
        record Exists(int queue) implements Claim {}

        record IsGone(int queue) implements Claim {}
    }

    /** An answer: the claim, and where in what the connection received it ended. */
    private record Answer(int port, int peer, long end, String what, Claim claim) {}

    private final List<Answer> answers = new ArrayList<>();
    private final ConcurrentSkipListMap<Long, String> pushed = new ConcurrentSkipListMap<>();

    /** The push of this message was answered with this id. */
    void pushed(long id, String text) {
        pushed.put(id, text);
    }

    /** A connection that counts what it receives. */
    final class Connection implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream input;
        private long received;

        Connection(int port) throws IOException {
            socket = connected(port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(60_000);
            input = new DataInputStream(socket.getInputStream());
        }

        /** All ports of a server open within a few seconds. */
        private static Socket connected(int port) throws IOException {
            for (int i = 0; ; i++) {
                try {
                    return new Socket(InetAddress.getLoopbackAddress(), port);
                } catch (ConnectException e) {
                    if (i == 300) throw e;
                    LockSupport.parkNanos(100_000_000);
                }
            }
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        byte[] receive(int bytes) throws IOException {
            byte[] all = new byte[bytes];
            input.readFully(all);
            received += bytes;
            return all;
        }

        /** A response of Kafka, without its length. */
        byte[] receiveResponse() throws IOException {
            int bytes = input.readInt();
            received += Integer.BYTES;
            return receive(bytes);
        }

        /** What was received last makes the client rely on this. */
        void relyOn(String what, Claim claim) {
            Answer answer =
                    new Answer(socket.getPort(), socket.getLocalPort(), received, what, claim);
            synchronized (answers) {
                answers.add(answer);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    int answers() {
        return answers.size();
    }

    /** The answers that left too early; empty if the rule holds. */
    List<String> violations(List<Event> events) {
        Map<Integer, List<Answer>> leaving = new HashMap<>();
        for (Answer answer : answers)
            leaving.computeIfAbsent(leftAt(answer, events), i -> new ArrayList<>()).add(answer);
        Names names = Names.of(events);
        Contents contents = new Contents();
        List<String> violations = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            int now = i;
            for (Answer answer : leaving.getOrDefault(i, List.of())) {
                boolean holds =
                        switch (answer.claim) {
                            case Claim.Holds(String text) -> contents.hold(text);
                            case Claim.Below(long id) ->
                                    pushed.headMap(id).values().stream().allMatch(contents::hold);
                            case Claim.Exists(int queue) -> names.existsAt(now, queue + ".rot");
                            case Claim.IsGone(int queue) -> names.isGoneAt(now, queue + ".rot");
                        };
                if (!holds)
                    violations.add(
                            "%s: %s was answered before it was durable"
                                    .formatted(answer.what, answer.claim));
            }
            contents.follow(events.get(i));
        }
        return violations;
    }

    private static int leftAt(Answer answer, List<Event> events) {
        long bytes = 0;
        for (int i = 0; i < events.size(); i++) {
            if (!(events.get(i) instanceof SystemCalls.Sent(int port, int peer, byte[] sent)))
                continue;
            if (port != answer.port || peer != answer.peer) continue;
            bytes += sent.length;
            if (bytes >= answer.end) return i;
        }
        throw new AssertionError("the record has no answer for " + answer);
    }

    /** What is durable of each file: what was written before a sync began that succeeded. */
    private static final class Contents {
        private final Map<Long, byte[]> files = new HashMap<>();
        private final Set<String> found = new HashSet<>();
        private final List<SystemCalls.Write> written = new ArrayList<>();
        private final Map<Long, List<SystemCalls.Write>> covered = new HashMap<>();

        void follow(Event event) {
            switch (event) {
                case SystemCalls.Written(SystemCalls.Write write, int bytes, boolean lost) -> {
                    if (!lost && bytes > 0) written.add(write.begin(bytes));
                }
                case SystemCalls.SyncBegun(long call, long file) ->
                        covered.put(
                                call,
                                written.stream().filter(write -> write.file() == file).toList());
                case SystemCalls.Synced(long call, long file, boolean succeeded) -> {
                    List<SystemCalls.Write> writes = covered.getOrDefault(call, List.of());
                    if (succeeded) writes.forEach(this::keep);
                    // After a failure a later sync says nothing of them.
                    written.removeAll(writes);
                }
                default -> {}
            }
        }

        private void keep(SystemCalls.Write write) {
            int end = (int) write.offset() + write.bytes().length;
            byte[] file = files.getOrDefault(write.file(), new byte[0]);
            if (file.length < end) file = Arrays.copyOf(file, end + (1 << 20));
            System.arraycopy(write.bytes(), 0, file, (int) write.offset(), write.bytes().length);
            files.put(write.file(), file);
        }

        boolean hold(String text) {
            if (found.contains(text)) return true;
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            if (files.values().stream().noneMatch(file -> contains(file, bytes))) return false;
            return found.add(text);
        }

        private static boolean contains(byte[] file, byte[] text) {
            for (int at = 0; at + text.length <= file.length; at++) {
                int same = 0;
                while (same < text.length && file[at + same] == text[same]) same++;
                if (same == text.length) return true;
            }
            return false;
        }
    }

    /** When names of files came and went, and since when that is durable. */
    private record Names(List<Change> changes) {
        private record Change(String name, boolean comes, int durableSince) {}

        static Names of(List<Event> events) {
            List<Change> changes = new ArrayList<>();
            for (int i = 0; i < events.size(); i++) {
                switch (events.get(i)) {
                    case SystemCalls.Named(Path from, Path to, boolean renamed) ->
                            changes.add(change(to, true, i, events));
                    case SystemCalls.Unlinked(Path path) ->
                            changes.add(change(path, false, i, events));
                    default -> {}
                }
            }
            return new Names(changes);
        }

        private static Change change(Path path, boolean comes, int at, List<Event> events) {
            return new Change(path.getFileName().toString(), comes, syncedAfter(at, path, events));
        }

        /** The end of the first sync of the directory that began behind this event. */
        private static int syncedAfter(int at, Path path, List<Event> events) {
            long directory;
            try {
                directory = SystemCalls.inode(path.resolveSibling("."));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            List<Long> calls = new ArrayList<>();
            for (int i = at; i < events.size(); i++) {
                if (events.get(i) instanceof SystemCalls.SyncBegun(long call, long file)
                        && file == directory) calls.add(call);
                if (events.get(i)
                                instanceof
                                SystemCalls.Synced(long call, long file, boolean succeeded)
                        && succeeded
                        && calls.contains(call)) return i;
            }
            return Integer.MAX_VALUE;
        }

        boolean existsAt(int at, String name) {
            return changes.stream()
                    .anyMatch(it -> it.comes && it.name.equals(name) && it.durableSince < at);
        }

        boolean isGoneAt(int at, String name) {
            return changes.stream()
                    .anyMatch(it -> !it.comes && it.name.equals(name) && it.durableSince < at);
        }
    }
}
