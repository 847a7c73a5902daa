package rotera.kafka.tools;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What programs connect to, in a process of its own: Rotera, or Kafka itself.
 *
 * @param address its bootstrap server
 * @param recorder what keeps the requests of clients, if they are kept (docs/testing.md)
 */
record Broker(Programs.Running process, String address, Optional<Programs.Running> recorder)
        implements AutoCloseable {
    private static final @Nullable String RECORDED = System.getProperty("rotera.recordRequests");

    /** {@code rotera server --kafka} on the files of this directory. */
    static Broker rotera(Programs programs, Path directory, int port) throws Exception {
        int listened = RECORDED == null ? port : freePort();
        Programs.Running server =
                programs.start(
                        "rotera.cli.Main",
                        "server",
                        "--dir",
                        directory.toString(),
                        "--port",
                        "0",
                        "--kafka",
                        Integer.toString(listened),
                        "--kafka-advertise",
                        "127.0.0.1:" + port,
                        "--kafka-topic-size",
                        "4MiB");
        awaitListening(server, listened);
        if (RECORDED == null) return new Broker(server, address(port), Optional.empty());
        Programs.Running recorder =
                programs.start(
                        "rotera.kafka.RequestRecorder",
                        RECORDED,
                        Integer.toString(port),
                        Integer.toString(listened));
        awaitListening(recorder, port);
        return new Broker(server, address(port), Optional.of(recorder));
    }

    static Broker rotera(Programs programs, Path directory) throws Exception {
        return rotera(programs, directory, freePort());
    }

    /** One broker of Kafka that is its own controller, on a new directory. */
    static Broker kafka(Programs programs, Path directory) throws Exception {
        int port = freePort();
        int controller = freePort();
        Path settings =
                Files.writeString(
                        directory.resolve("server.properties"),
                        """
                        process.roles=broker,controller
                        node.id=1
                        listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d
                        advertised.listeners=PLAINTEXT://127.0.0.1:%d
                        controller.listener.names=CONTROLLER
                        controller.quorum.voters=1@127.0.0.1:%d
                        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                        log.dirs=%s
                        auto.create.topics.enable=false
                        offsets.topic.replication.factor=1
                        offsets.topic.num.partitions=1
                        group.initial.rebalance.delay.ms=0
                        """
                                .formatted(
                                        port,
                                        controller,
                                        port,
                                        controller,
                                        directory.resolve("data")));
        programs.run(
                        "kafka.tools.StorageTool",
                        "format",
                        "-t",
                        "AAAAAAAAQACAAAAAAAAAAQ",
                        "-c",
                        settings.toString())
                .good();
        Programs.Running process = programs.start("kafka.Kafka", settings.toString());
        awaitListening(process, port);
        return new Broker(process, address(port), Optional.empty());
    }

    private static String address(int port) {
        return "127.0.0.1:" + port;
    }

    private static void awaitListening(Programs.Running process, int port) throws Exception {
        Programs.await(
                "a server at port " + port,
                () -> {
                    if (!process.isAlive()) throw new AssertionError(process.said());
                    return isListening(port);
                });
    }

    private static boolean isListening(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        recorder.ifPresent(Programs.Running::close);
        process.close();
    }
}
