package rotera.benchmark.micro;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.Messages;
import rotera.queue.RotFile;

/** The whole queue: calls of push, commit and read per second. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init") // set by open
public class QueueBenchmark {
    private static final long FILE_BYTES = 256 << 20;

    @Param({"1", "1000"})
    int messages;

    private final Batch batch = new Batch();
    private final Messages into = new Messages();
    private Path path;
    private RotFile file;
    private long nextRead;
    private long firstKept;
    private long kept;

    @Setup(Level.Trial)
    public void open() throws IOException {
        path = Files.createTempDirectory(Path.of("."), "micro-").resolve("1.rot");
        RotFile.create(path, CreateOptions.ofSize(FILE_BYTES));
        file = RotFile.open(path);
        byte[] message = new byte[Body.MESSAGE_BYTES];
        for (int i = 0; i < messages; i++) batch.add(message);
    }

    /** What the reads find. */
    @Setup(Level.Iteration)
    public void fill() {
        for (int pushed = 0; pushed < 100_000; pushed += messages) file.push(batch);
        file.commit();
        firstKept = file.ping().oldest();
        kept = file.ping().next() - firstKept;
        nextRead = firstKept;
    }

    @TearDown(Level.Trial)
    public void close() {
        file.close();
        batch.close();
        into.close();
        try {
            Files.delete(path);
            Files.delete(path.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As often as the disk takes it: what is pushed is written behind it. */
    @Benchmark
    public long push() {
        return file.push(batch);
    }

    @Benchmark
    public long pushAndCommit() {
        file.push(batch);
        return file.commit();
    }

    @Benchmark
    public int readOn() {
        if (file.read(nextRead, messages, into) == 0) nextRead = firstKept;
        else nextRead = into.nextId();
        return into.count();
    }

    /** Looks the place up in the index and walks to it. */
    @Benchmark
    public int readAnywhere() {
        nextRead = firstKept + (nextRead - firstKept + 7919) % kept;
        return file.read(nextRead, messages, into);
    }
}
