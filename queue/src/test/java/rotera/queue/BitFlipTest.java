package rotera.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rotera.queue.disk.Clock;
import rotera.queue.engine.FileState;
import rotera.queue.format.Superblock;

/**
 * Whatever bit of a file turns: no read returns a wrong byte, and nothing is lost but the push that
 * was hit (I2). Every byte is hit at one bit, that of a record header, a header slot or a
 * superblock at all; {@code -Dflip.all=true} turns each bit of the file.
 */
@Tag("slow")
class BitFlipTest {
    private static final boolean ALL = Boolean.getBoolean("flip.all");
    private static final Path NAME = Path.of("flipped.rot");
    private static final Clock CLOCK = () -> 1_700_000_000_000L;

    /** A push, where its records lie, and what they hold. */
    private record Pushed(long firstId, long from, long to, List<byte[]> messages) {}

    private final MemoryDisk disk = new MemoryDisk(Rot.SMALLEST);
    private final Random random = new Random(3);
    private final List<Pushed> pushes = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({"true, 9", "false, 9", "true, 60", "false, 60"})
    void oneBitCostsAtMostThePushItHits(boolean closed, int count) throws IOException {
        MemoryDisk original = fill(closed, count);
        RotFileInfo info;
        long oldest;
        try (RotFile file = RotFile.open(original.copy(), NAME, null)) {
            info = file.info();
            oldest = file.ping().oldest();
        }
        MemoryDisk turned = original.copy();
        for (long at = 0; at < Rot.SMALLEST; at++) {
            for (int bit = 0; bit < 8; bit++) {
                if (!isHit(info, at, bit)) continue;
                turned.take(original);
                byte before = turned.bytes().get(JAVA_BYTE, at);
                turned.bytes().set(JAVA_BYTE, at, (byte) (before ^ (1 << bit)));
                try {
                    compare(turned, info, oldest, at, at % 7 == 0);
                } catch (Throwable e) {
                    throw new AssertionError("after byte " + at + ", bit " + bit + " turned", e);
                }
            }
        }
    }

    private MemoryDisk fill(boolean closed, int count) throws IOException {
        FileState.format(disk, Superblock.create(Rot.SMALLEST, 1, new UUID(1, 2), 0x12345678));
        long[] now = {1_700_000_000_000L};
        RotFile file = RotFile.open(disk, NAME, () -> now[0] -= 700); // some records have its time
        for (int i = 0; i < count; i++) push(file, i);
        if (closed) file.close();
        MemoryDisk copy = disk.copy();
        file.close();
        return copy;
    }

    private void push(RotFile file, int number) {
        List<byte[]> messages = new ArrayList<>();
        try (Batch batch = new Batch()) {
            for (int i = number % 4; i >= 0; i--) {
                byte[] message =
                        Rot.message(number * 10L + i, random.nextInt(number % 5 == 4 ? 2000 : 300));
                messages.add(message);
                if (number % 3 == 1) batch.add(Envelope.NONE.withTimeMillis(i), message);
                else batch.add(message);
            }
            long from = file.info().next().position();
            long id = file.push(batch);
            file.commit();
            pushes.add(new Pushed(id, from, file.info().next().position(), messages));
        }
    }

    private static boolean isHit(RotFileInfo info, long at, int bit) {
        if (ALL || bit == at % 8)
            return ALL || at >= info.ringOffset() || at % 4096 < 300 || at % 16 == 0;
        return at >= 8192 && at < 16384 && at % 4096 < 64;
    }

    private void compare(MemoryDisk turned, RotFileInfo info, long oldest, long at, boolean writes)
            throws IOException {
        Pushed hit = hit(info, at);
        try (RotFile file = RotFile.open(turned, NAME, writes ? CLOCK : null);
                Messages messages = new Messages()) {
            for (Pushed push : pushes) {
                if (push.firstId() < oldest) continue;
                if (push.equals(hit)) expectNothingWrong(file, push, messages);
                else expect(file, push, messages);
            }
            if (writes) assertThat(Rot.commit(file, "more")).isEqualTo(file.ping().next() - 1);
        }
    }

    /** The push that has this byte of the file in its records, if it still has it. */
    private @Nullable Pushed hit(RotFileInfo info, long at) {
        Pushed hit = null;
        for (Pushed push : pushes) {
            for (long position = push.from(); position < push.to(); position += 8) {
                if (Rot.offset(info, position) == (at & -8)) hit = push;
            }
        }
        return hit;
    }

    private static void expect(RotFile file, Pushed push, Messages messages) {
        long id = push.firstId();
        for (byte[] message : push.messages()) {
            int count = file.read(id, 1, messages);
            if (count != 1 || !messages.next() || messages.id() != id)
                throw new AssertionError("message " + id + " is lost");
            if (!Arrays.equals(messages.toByteArray(), message))
                throw new AssertionError("message " + id + " is wrong");
            id++;
        }
    }

    private static void expectNothingWrong(RotFile file, Pushed push, Messages messages) {
        long id = push.firstId();
        for (byte[] message : push.messages()) {
            try {
                boolean found = file.read(id, 1, messages) == 1 && messages.next();
                if (found
                        && messages.id() == id
                        && !Arrays.equals(messages.toByteArray(), message)) {
                    throw new AssertionError("message " + id + " is wrong");
                }
            } catch (QueueException.CorruptMessageException e) {
                assertThat(e.id()).isGreaterThanOrEqualTo(push.firstId());
                assertThat(e.resumeId())
                        .isLessThanOrEqualTo(push.firstId() + push.messages().size());
            }
            id++;
        }
    }
}
