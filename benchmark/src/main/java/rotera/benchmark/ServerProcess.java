package rotera.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server that is started to be measured. */
final class ServerProcess implements AutoCloseable {
    private final Process process;

    /**
     * Starts {@code rotera server} and waits until it answers for queue 1. What it says goes to a
     * file in its directory.
     *
     * @param options more options
     */
    ServerProcess(Path rotera, Path directory, int port, String... options)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                rotera.toString(),
                                "server",
                                "--dir",
                                directory.toString(),
                                "--port",
                                String.valueOf(port)));
        command.addAll(List.of(options));
        Path log = directory.resolve("server.log");
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            awaitAnswer(rotera, port);
        } catch (Throwable e) {
            close();
            System.err.print(Files.readString(log));
            throw e;
        }
    }

    private void awaitAnswer(Path rotera, int port) throws IOException, InterruptedException {
        for (int tries = 0; tries < 600 && process.isAlive(); tries++) {
            int code =
                    new ProcessBuilder(
                                    rotera.toString(), "ping", "--port", String.valueOf(port), "1")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor();
            if (code == 0) return;
        }
        throw new IOException("the server does not answer on port " + port);
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
