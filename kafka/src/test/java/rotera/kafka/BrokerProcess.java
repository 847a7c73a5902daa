package rotera.kafka;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import rotera.server.Server;
import rotera.server.ServerOptions;

/** A server with a listener for Kafka programs in a process of its own, to be killed. */
final class BrokerProcess implements AutoCloseable {
    private final Process process;

    private BrokerProcess(Process process) {
        this.process = process;
    }

    /** Returns when it listens. */
    static BrokerProcess start(Path directory, int port) throws IOException {
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx64m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerProcess.class.getName(),
                        directory.toString(),
                        Integer.toString(port));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        if (output.readLine() == null) throw new IOException("the server did not begin");
        return new BrokerProcess(process);
    }

    public static void main(String[] arguments) throws Exception {
        Server server = Server.start(ServerOptions.of(Path.of(arguments[0])).withPort(0));
        KafkaListener listener =
                KafkaListener.start(
                        server, KafkaOptions.of("127.0.0.1", Integer.parseInt(arguments[1])));
        System.out.println("listening on " + listener.port());
        new CountDownLatch(1).await();
    }

    /** As {@code kill -9} does. */
    @Override
    public void close() {
        try {
            process.destroyForcibly();
            if (!process.waitFor(20, TimeUnit.SECONDS)) throw new AssertionError("it lives on");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
