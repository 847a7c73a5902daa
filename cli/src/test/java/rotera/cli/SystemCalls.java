package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a process asked of the system, in one order: a library of C that stands in front of the
 * calls writes it down, and lets calls fail as a plan says ({@code src/test/native/calls.c}).
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
final class SystemCalls {
    private static final int HEAD_BYTES = 40;
    private static final @Nullable Path LIBRARY = compile();

    /** What happened, in order. Files and directories are known by their inode. */
    sealed interface Event {}

    /** A file came to be under this name, with nothing in it, or was opened to be created. */
    record Opened(long file, long bytes, Path path) implements Event {}

    /** A write to the file began. */
    record Write(long file, long offset, byte[] bytes) implements Event {

        /** What a short one wrote. */
        Write begin(int written) {
            return written == bytes.length
                    ? this
                    : new Write(file, offset, Arrays.copyOf(bytes, written));
        }
    }

    /** It ended, after so many bytes, negative if it failed; a lost one only says so. */
    record Written(Write write, int bytes, boolean lost) implements Event {}

    record SyncBegun(long call, long file) implements Event {}

    record Synced(long call, long file, boolean succeeded) implements Event {}

    /** The name is that of the other file now; no longer the other's if it was renamed. */
    record Named(Path from, Path to, boolean renamed) implements Event {}

    record Unlinked(Path path) implements Event {}

    /** These bytes went from a port here to a port there. */
    record Sent(int port, int peer, byte[] bytes) implements Event {}

    private SystemCalls() {}

    /** Whether there is a compiler of C. */
    static boolean canRecord() {
        return LIBRARY != null;
    }

    private static @Nullable Path compile() {
        try {
            Path library = Files.createTempFile("rotera-calls", ".so");
            library.toFile().deleteOnExit();
            Process compiler =
                    new ProcessBuilder(
                                    "cc",
                                    "-shared",
                                    "-fPIC",
                                    "-O1",
                                    "-o",
                                    library.toString(),
                                    "src/test/native/calls.c",
                                    "-ldl",
                                    "-lpthread")
                            .inheritIO()
                            .start();
            assertThat(compiler.waitFor()).as("exit code of cc").isZero();
            return library;
        } catch (IOException e) {
            return null; // no cc
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Makes a process write down what concerns a directory, and fail as the plan says. */
    static void record(ProcessBuilder builder, Path log, Path directory, String plan)
            throws IOException {
        builder.environment().put("LD_PRELOAD", String.valueOf(LIBRARY));
        builder.environment().put("CALLS_LOG", log.toString());
        builder.environment().put("CALLS_DIR", directory.toRealPath().toString());
        builder.environment().put("CALLS_PLAN", plan);
    }

    static long inode(Path file) throws IOException {
        return (long) Files.getAttribute(file, "unix:ino");
    }

    static List<Event> read(Path log) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(log)).order(ByteOrder.LITTLE_ENDIAN);
        List<@Nullable Event> events = new ArrayList<>();
        Map<Long, Event> begun = new HashMap<>();
        Map<Long, Integer> sent = new HashMap<>();
        while (all.remaining() >= HEAD_BYTES) {
            int bytes = all.getInt() - HEAD_BYTES;
            char type = (char) all.getInt();
            long call = all.getLong();
            long a = all.getLong();
            long b = all.getLong();
            long c = all.getLong();
            if (all.remaining() < bytes) break; // killed in the middle
            byte[] data = new byte[bytes];
            all.get(data);
            switch (type) {
                case 'F' -> events.add(new Opened(a, b, Path.of(text(data))));
                case 'W' -> begin(new Write(a, b, data), call, events, begun);
                case 'w' -> events.add(new Written((Write) ended(begun, call), (int) a, c != 0));
                case 'S' -> begin(new SyncBegun(call, a), call, events, begun);
                case 's' -> {
                    SyncBegun sync = (SyncBegun) ended(begun, call);
                    events.add(new Synced(call, sync.file, a == 0));
                }
                case 'R', 'L' -> {
                    String[] names = text(data).split("\0", 3);
                    events.add(new Named(path(names[0]), path(names[1]), type == 'R'));
                }
                case 'U' -> events.add(new Unlinked(path(text(data).split("\0", 2)[0])));
                case 'N' -> {
                    sent.put(call, events.size());
                    begin(new Sent((int) a, (int) b, data), call, events, begun);
                }
                case 'n' -> {
                    // What was not taken comes again.
                    Sent sending = (Sent) ended(begun, call);
                    byte[] taken = Arrays.copyOf(sending.bytes, (int) Math.max(0, a));
                    events.set(
                            sent.getOrDefault(call, -1),
                            new Sent(sending.port, sending.peer, taken));
                }
                default -> {}
            }
        }
        return List.copyOf(events);
    }

    private static void begin(
            Event event, long call, List<@Nullable Event> events, Map<Long, Event> begun) {
        events.add(event);
        begun.put(call, event);
    }

    private static Event ended(Map<Long, Event> begun, long call) {
        Event event = begun.remove(call);
        assertThat(event).as("the beginning of call %d", call).isNotNull();
        return event;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Path path(String name) {
        return Path.of(name).normalize();
    }
}
