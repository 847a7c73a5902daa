package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.cli.Program.ServerProcess;

/** Clients that ask for nothing take all the files that a server may open ({@code ulimit -n}). */
@Timeout(180)
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
final class OpenFilesTest {
    /** A connection that asked for nothing for so long makes room. */
    private static final Duration UNUSED = Duration.ofSeconds(30);

    /** Before a silent client makes room: the slowest machine gets there. */
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir private Path directory;

    private final List<Socket> silent = new ArrayList<>();

    @AfterEach
    void closeSilent() throws IOException {
        for (Socket socket : silent) socket.close();
    }

    /** Another program, or an operator, leaves fewer than there were at the start. */
    @Test
    void whereNoFileIsLeftAClientIsServedOnceSilentOnesHaveMadeRoom() throws Exception {
        try (ServerProcess server = start(96)) {
            // As in a server that has run for a while, all classes are loaded.
            assertServes(server, "127.0.0.1", SOON);
            for (int i = 0; i < 12; i++) silent.add(connect(server.port(), "127.0.0.1"));
            Thread.sleep(500);
            allow(server, openFiles(server) + 2);
            for (int i = 0; i < 8; i++) silent.add(connect(server.kafkaPort(), "127.0.0.1"));
            awaitRefusal(server);
            assertServes(server, "127.0.0.1", UNUSED.plus(SOON));
            assertThat(server.terminate()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {96, 256, 1024})
    void limitsFitTheFilesSoThatAnotherAddressIsServedAtOnce(int openFiles) throws Exception {
        try (ServerProcess server = start(openFiles)) {
            fill(server, openFiles);
            assertServes(server, "127.0.0.2", SOON);
            assertServes(server, "127.0.0.1", UNUSED.plus(SOON));
            assertThat(openFiles(server)).isLessThan(openFiles);
            assertThat(server.said())
                    .anyMatch(line -> line.contains("may open " + openFiles + " files"))
                    .noneMatch(line -> line.contains("cannot accept a connection"))
                    .noneMatch(line -> line.contains("cannot serve a connection"));
            assertThat(server.terminate()).isZero();
        }
    }

    private ServerProcess start(int openFiles) throws IOException {
        ProcessBuilder builder =
                Program.builder(directory, "server", "--port=0", "--kafka=0", "--create=1:1MiB");
        builder.command()
                .addAll(0, List.of("sh", "-c", "ulimit -n " + openFiles + "; exec \"$@\"", "sh"));
        return ServerProcess.start(builder);
    }

    /** More than there are places, to both ports by turns. */
    private void fill(ServerProcess server, int connections) throws IOException {
        for (int i = 0; i < connections; i++) {
            silent.add(connect(server.port(), "127.0.0.1"));
            silent.add(connect(server.kafkaPort(), "127.0.0.1"));
        }
    }

    /** A client of each port gets an answer in time, though it may have to come again. */
    private static void assertServes(ServerProcess server, String address, Duration time)
            throws Exception {
        long end = System.nanoTime() + time.toNanos();
        CompletableFuture<Boolean> kafka =
                CompletableFuture.supplyAsync(
                        () -> isAnswered(server.kafkaPort(), address, versions(), end));
        assertThat(isAnswered(server.port(), address, ping(), end))
                .as("native: %s", server.said())
                .isTrue();
        assertThat(kafka.join()).as("Kafka: %s", server.said()).isTrue();
    }

    private static boolean isAnswered(int port, String address, byte[] request, long end) {
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            try (Socket socket = connect(port, address)) {
                socket.setSoTimeout((int) Math.max(1, left / 1_000_000));
                socket.getOutputStream().write(request);
                if (new DataInputStream(socket.getInputStream()).read() >= 0) return true;
            } catch (IOException e) {
                // Refused: it comes again.
            }
            LockSupport.parkNanos(100_000_000);
        }
        return false;
    }

    private static Socket connect(int port, String address) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(address, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    /** Of queue 1. */
    private static byte[] ping() {
        byte[] request = new byte[32];
        rotera.protocol.Request.Ping ping = new rotera.protocol.Request.Ping(1);
        ping.encode(java.lang.foreign.MemorySegment.ofArray(request), 0);
        return request;
    }

    /** Which versions are spoken? */
    private static byte[] versions() {
        return ByteBuffer.allocate(14)
                .order(ByteOrder.BIG_ENDIAN)
                .putInt(10)
                .putShort((short) 18)
                .putShort((short) 0)
                .putInt(7)
                .putShort((short) -1)
                .array();
    }

    private static int openFiles(ServerProcess server) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + server.pid() + "/fd"))) {
            return (int) files.count();
        }
    }

    private static void allow(ServerProcess server, int openFiles) throws Exception {
        Process prlimit =
                new ProcessBuilder(
                                "prlimit",
                                "--pid=" + server.pid(),
                                "--nofile=" + openFiles + ":" + openFiles)
                        .inheritIO()
                        .start();
        assertThat(prlimit.waitFor()).isZero();
    }

    private static void awaitRefusal(ServerProcess server) throws Exception {
        while (server.said().stream().noneMatch(line -> line.contains("Too many open files")))
            Thread.sleep(50);
    }
}
