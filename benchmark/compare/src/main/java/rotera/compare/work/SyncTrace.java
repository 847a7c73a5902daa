package rotera.compare.work;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** strace on some processes, which counts their syncs that returned without an error. */
final class SyncTrace implements AutoCloseable {
    private static final String CALLS = "fsync,fdatasync,sync_file_range,msync,sync,syncfs";

    private static final Pattern SUCCESS = Pattern.compile("\\) *= 0$");

    private final Process strace;
    private final Path log;

    /** On this process if there is no other. */
    SyncTrace(List<ProcessHandle> processes, Path directory)
            throws IOException, InterruptedException {
        List<ProcessHandle> traced =
                processes.isEmpty() ? List.of(ProcessHandle.current()) : processes;
        log = directory.resolve("strace");
        Path messages = directory.resolve("strace.messages");
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-qq", "-z"));
        command.addAll(List.of("-e", "trace=" + CALLS, "-e", "signal=none", "-o", log.toString()));
        for (ProcessHandle process : traced) {
            command.addAll(List.of("-p", String.valueOf(process.pid())));
        }
        strace =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(messages.toFile())
                        .start();
        awaitAttached(traced);
    }

    /** Until all threads have it as their tracer. */
    private void awaitAttached(List<ProcessHandle> traced)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        for (ProcessHandle process : traced) {
            while (!isAttached(process)) {
                if (!strace.isAlive())
                    throw new IOException("strace ended, see " + log.getParent());
                if (System.nanoTime() > deadline) throw new IOException("strace does not attach");
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    private boolean isAttached(ProcessHandle process) throws IOException {
        try (var threads = Files.list(Path.of("/proc", String.valueOf(process.pid()), "task"))) {
            String tracer = "TracerPid:\t" + strace.pid();
            for (Path thread : threads.toList()) {
                Path status = thread.resolve("status");
                if (Files.exists(status) && !Files.readAllLines(status).contains(tracer))
                    return false;
            }
            return true;
        } catch (NoSuchFileException e) {
            return true; // ended meanwhile, as the child does that rewrites the file of Redis
        }
    }

    /** How many there were. Ends the tracing. */
    long count() throws IOException, InterruptedException {
        strace.destroy();
        if (!strace.waitFor(10, TimeUnit.SECONDS)) throw new IOException("strace does not end");
        try (var lines = Files.lines(log)) {
            return lines.filter(line -> SUCCESS.matcher(line).find()).count();
        }
    }

    @Override
    public void close() {
        strace.destroy();
    }
}
