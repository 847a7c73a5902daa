package rotera.cli.text;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads an input on a thread of its own, so that waiting for it never keeps a commit waiting. Ahead
 * by a few chunks.
 */
public final class InputReader {
    private static final int CHUNK_BYTES = 128 << 10;
    private static final int CHUNKS = 4;

    /** A part of the input; a length below 0 is its end, with the error that ended it, if any. */
    public static final class Chunk {
        public final byte[] bytes;
        public int length = -1;
        private @Nullable IOException error;

        private Chunk(int size) {
            bytes = new byte[size];
        }
    }

    private final BlockingQueue<Chunk> filled = new ArrayBlockingQueue<>(CHUNKS + 2);
    private final BlockingQueue<Chunk> empty = new ArrayBlockingQueue<>(CHUNKS);
    private volatile boolean stopped;

    public void start(InputStream source) {
        for (int i = 0; i < CHUNKS; i++) empty.add(new Chunk(CHUNK_BYTES));
        Thread.ofPlatform().daemon().name("input").start(() -> fill(source));
    }

    /** The next part; with a limit above 0, null if it has not come after so many nanoseconds. */
    public @Nullable Chunk take(long limitNanos) throws InterruptedException {
        Chunk chunk =
                limitNanos > 0 ? filled.poll(limitNanos, TimeUnit.NANOSECONDS) : filled.take();
        if (chunk == null || chunk.error == null) return chunk;
        throw new CommandException(
                "cannot read standard input: " + chunk.error.getMessage(), chunk.error);
    }

    public void giveBack(Chunk chunk) {
        empty.add(chunk);
    }

    /** Ends the input here, from another thread. */
    public void stop() {
        stopped = true;
        filled.add(new Chunk(0));
    }

    /** Whether the end was not the input's own. */
    public boolean stopped() {
        return stopped;
    }

    private void fill(InputStream source) {
        try {
            Chunk chunk;
            do {
                chunk = empty.take();
                read(source, chunk);
                filled.add(chunk);
            } while (chunk.length >= 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void read(InputStream source, Chunk chunk) {
        try {
            chunk.length = source.read(chunk.bytes);
        } catch (IOException e) {
            chunk.length = -1;
            chunk.error = e;
        }
    }
}
