package rotera.queue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executor;
import rotera.queue.format.Superblock;

/** What the tests of rot files share: small files, recognisable messages, damage. */
final class Rot {
    static final long SMALLEST = 96 << 10;

    /** A thread for each task: the common pool may have a single one. */
    static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);

    private Rot() {}

    /** A file as these options say, of known id, salt and time. */
    static Superblock superblock(CreateOptions options, long nowMillis, UUID uniqueId, int salt) {
        return Superblock.create(
                options.sizeBytes(),
                options.entries(),
                new Superblock.Identity(
                        uniqueId, options.lineageId().orElse(uniqueId), salt, nowMillis));
    }

    static Path create(Path directory, long sizeBytes) {
        Path path = directory.resolve("queue.rot");
        RotFile.create(path, CreateOptions.ofSize(sizeBytes));
        return path;
    }

    /** A message that nothing else looks like: its bytes depend on its number and length. */
    static byte[] message(long number, int length) {
        byte[] bytes = new byte[length];
        new Random(number * 31 + length).nextBytes(bytes);
        return bytes;
    }

    static long push(Queue queue, String... messages) {
        try (Batch batch = new Batch()) {
            for (String message : messages) batch.add(message);
            return queue.push(batch);
        }
    }

    static long push(Queue queue, byte[] message) {
        try (Batch batch = new Batch()) {
            return queue.push(batch.add(message));
        }
    }

    /** Pushes and commits one message; returns its id. */
    static long commit(Queue queue, String message) {
        long id = push(queue, message);
        queue.commit();
        return id;
    }

    /** All readable messages from an id on. */
    static List<String> texts(Queue queue, long from) {
        List<String> texts = new ArrayList<>();
        for (byte[] message : messages(queue, from)) {
            texts.add(new String(message, StandardCharsets.UTF_8));
        }
        return texts;
    }

    static List<byte[]> messages(Queue queue, long from) {
        List<byte[]> all = new ArrayList<>();
        try (Messages messages = new Messages()) {
            long id = from;
            while (queue.read(id, Integer.MAX_VALUE, messages) > 0) {
                while (messages.next()) all.add(messages.toByteArray());
                id = messages.nextId();
            }
        }
        return all;
    }

    /** A copy of the file as it is now: what a crash of the process would leave. */
    static Path copy(Path path, String name) {
        try {
            return Files.copy(path, path.resolveSibling(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(Path path, long from, int length) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(length);
            channel.read(buffer, from);
            return buffer.array();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void overwrite(Path path, long at, byte[] bytes) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), at);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void flip(Path path, long at, int bit) {
        byte[] one = bytes(path, at, 1);
        one[0] ^= (byte) (1 << bit);
        overwrite(path, at, one);
    }

    /** Where in the file a position of the ring lies. */
    static long offset(RotFileInfo info, long position) {
        return info.ringOffset() + position % info.ringBytes();
    }
}
