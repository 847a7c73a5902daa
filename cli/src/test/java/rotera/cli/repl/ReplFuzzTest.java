package rotera.cli.repl;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import rotera.cli.text.CommandException;
import rotera.cli.text.TerminalEscaper;
import rotera.protocol.QueueInfo;
import rotera.queue.CreateOptions;
import rotera.queue.Queue;
import rotera.queue.disk.Clock;
import rotera.queue.disk.Disk;
import rotera.queue.engine.QueueAccess;

/** Lines that are typed into the REPL: all are answered, and none is an unexpected error. */
class ReplFuzzTest {
    private static final int FILE_BYTES = 96 << 10;

    @FuzzTest
    void lines(byte[] input) throws IOException {
        MemorySegment bytes = Arena.ofAuto().allocate(FILE_BYTES, 8);
        QueueAccess.format(new Memory(bytes), CreateOptions.ofSize(FILE_BYTES), Clock.SYSTEM);
        try (Repl repl = new Repl(new OneQueue(bytes), new Answers(), false)) {
            for (String line : new String(input, StandardCharsets.UTF_8).split("\n", 50))
                repl.run(line.replace('\n', ' '));
        }
    }

    /** All names mean the same file, but those that begin with "no". */
    private record OneQueue(MemorySegment bytes) implements ReplQueues {
        @Override
        public Queue open(String queue) {
            if (queue.startsWith("no")) throw new CommandException("there is no queue " + queue);
            try {
                return QueueAccess.open(new Memory(bytes), Path.of("1.rot"), Clock.SYSTEM);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public List<QueueInfo> list() {
            return List.of();
        }
    }

    private static final class Answers implements ReplOutput {
        @Override
        public void answer(String line) {}

        @Override
        public void notice(String line) {}

        @Override
        public void error(String line) {
            assertThat(line).doesNotContain("unexpected error");
        }

        @Override
        public void message(String prefix, byte[] message) {
            assertThat(TerminalEscaper.of(message).chars()).noneMatch(Character::isISOControl);
        }

        @Override
        public void flush() {}
    }

    private record Memory(MemorySegment bytes) implements Disk {
        @Override
        public long size() {
            return bytes.byteSize();
        }

        @Override
        public void read(long position, MemorySegment target) {
            MemorySegment.copy(bytes, position, target, 0, target.byteSize());
        }

        @Override
        public long writeSome(long position, MemorySegment source) {
            MemorySegment.copy(source, 0, bytes, position, source.byteSize());
            return source.byteSize();
        }

        @Override
        public void force() {}

        @Override
        public MemorySegment map() {
            return bytes.asReadOnly();
        }

        @Override
        public void close() {}
    }
}
