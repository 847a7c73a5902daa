package rotera.compare.contender;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server in a process of its own, its output in a file. */
final class ServerProcess {
    private final Process process;
    private final Path log;

    private ServerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static ServerProcess start(
            Path directory, Map<String, String> environment, List<String> command)
            throws IOException {
        Path log = directory.resolve("server.log");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start(), log);
    }

    /** Runs a program to its end, which has to be a good one. */
    static void run(Path directory, List<String> command) throws IOException, InterruptedException {
        ServerProcess program = start(directory, Map.of(), command);
        if (program.process.waitFor() != 0) {
            throw new IOException(command + " failed: " + program.output());
        }
    }

    /** A question that throws until the answer is yes. */
    interface Attempt<T> {
        T tryIt() throws Exception;
    }

    /** Tries again and again until it works, for as long as the server lives and 60 s. */
    <T> T await(Attempt<T> attempt) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try {
                return attempt.tryIt();
            } catch (Exception e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("the server does not work: " + output(), e);
                }
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }
    }

    private String output() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    List<ProcessHandle> handles() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    }

    void stop() throws InterruptedException {
        List<ProcessHandle> all = handles();
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
        for (ProcessHandle left : all) left.destroyForcibly();
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
