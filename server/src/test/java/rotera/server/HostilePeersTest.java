package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.protocol.Frame;
import rotera.protocol.Hello;
import rotera.protocol.Request;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/**
 * Many clients at once that mean no good: memory stays within its limits, everybody else is served
 * all the time, and nothing of them is left when they are gone.
 */
@Tag("slow")
class HostilePeersTest {
    private static final int PEERS = 3000;
    private static final int MESSAGES = 100;
    private static final int MESSAGE_BYTES = 100_000;

    /** Of the processors: so that a busy machine makes no difference. */
    private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long MAX_END_NANOS = TimeUnit.SECONDS.toNanos(50);
    private static final UnixOperatingSystemMXBean SYSTEM =
            (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    @TempDir Path directory;
    private final List<SocketChannel> peers = new ArrayList<>();
    private Server server;
    private Client witness;
    private long openFiles;

    @BeforeEach
    void start() throws IOException {
        RotFile.create(directory.resolve("1.rot"), CreateOptions.ofSize(64 << 20));
        server = Server.start(ServerOptions.of(directory).withPort(0));
        witness = new Client(server);
        for (int i = 0; i < MESSAGES; i++) witness.send(Client.push(1, new byte[MESSAGE_BYTES]));
        witness.send(Client.commit(1));
        assertThat(witness.status()).isEqualTo(MESSAGES);
        openFiles = SYSTEM.getOpenFileDescriptorCount();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        try {
            for (SocketChannel peer : peers) peer.close();
            long end = System.nanoTime() + MAX_END_NANOS;
            while (SYSTEM.getOpenFileDescriptorCount() > openFiles + 5) {
                assertThat(System.nanoTime()).as("connections that are left").isLessThan(end);
                Thread.sleep(20);
            }
            assertWitnessIsServed();
        } finally {
            witness.close();
            server.close();
        }
    }

    @Test
    void thousandsOfIdleConnectionsCostLittle() throws Exception {
        long heap = heapBytes();
        long resident = residentBytes();
        int count = peersThatFit();
        for (int i = 0; i < count; i++) {
            SocketChannel peer = connect();
            switch (i % 4) {
                case 0 -> {} // silent
                case 1 -> send(peer, hello());
                case 2 -> send(peer, Arrays.copyOf(Client.ping(1), 31));
                default -> send(peer, Client.stream(1, 10, Long.MAX_VALUE, 1));
            }
        }
        assertWitnessIsServed();
        // Both ends are in this JVM.
        assertThat(heapBytes() - heap).isLessThan(count * 8192L);
        assertThat(residentBytes() - resident).isLessThan(count * 16384L + (64 << 20));
    }

    @Test
    void whoVanishesWithoutAWordWillBeNoticed() throws IOException {
        // State 01 is connected, timer 02 is that of keep-alive.
        String connected = " *\\d+: [0-9A-F]+:%04X \\S+ 01 ".formatted(server.port());
        List<String> sockets = new ArrayList<>(Files.readAllLines(Path.of("/proc/net/tcp")));
        sockets.addAll(Files.readAllLines(Path.of("/proc/net/tcp6")));
        assertThat(sockets)
                .filteredOn(line -> line.matches(connected + ".*"))
                .isNotEmpty()
                .allMatch(line -> line.matches(connected + "\\S+ 02:.*"));
    }

    @Test
    void announcedSizesThatNeverComeTakeNoMemory() throws Exception {
        long heap = heapBytes();
        long resident = residentBytes();
        for (int i = 0; i < 1000; i++) {
            if (i % 2 == 0) {
                send(connect(), Client.bytes(new Request.Push(1, 1)), Client.u32(15 << 20));
            } else {
                byte[] head = OwnClient.push(1, 7, "announced");
                Frame.encode(
                        java.lang.foreign.MemorySegment.ofArray(head),
                        0,
                        15 << 20,
                        Frame.PUSH,
                        0,
                        0,
                        1,
                        7);
                send(connect(), hello(), head);
            }
        }
        assertWitnessIsServed();
        assertThat(heapBytes() - heap).isLessThan(16 << 20);
        assertThat(residentBytes() - resident).isLessThan(80 << 20);
    }

    @Test
    void whoSendsByteByByteKeepsNobodyWaiting() throws Exception {
        byte[] push = Client.push(1, new byte[1_000_000]);
        List<SocketChannel> slow = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            SocketChannel peer = connect();
            send(peer, Arrays.copyOf(push, i % 2 == 0 ? 900_000 : 20));
            slow.add(peer);
        }
        assertWitnessIsServed();
        for (int round = 0; round < 50; round++) {
            for (int i = 0; i < slow.size(); i++) {
                int at = (i % 2 == 0 ? 900_000 : 20) + round;
                send(slow.get(i), Arrays.copyOfRange(push, at, at + 1));
            }
            assertWitnessIsServed();
        }
    }

    @Test
    void whoReadsNothingKeepsNoMemoryBeyondTheBudget() throws Exception {
        long heap = heapBytes();
        long resident = residentBytes();
        byte[] pings = new byte[0];
        for (int i = 0; i < 400; i++) pings = concat(pings, OwnClient.ping(1, i));
        for (int i = 0; i < 120; i++) {
            SocketChannel peer = connect();
            peer.configureBlocking(false); // their sockets fill up
            switch (i % 4) {
                case 0 -> send(peer, Client.read(1, MESSAGES, 0), Client.read(1, MESSAGES, 0));
                case 1 -> send(peer, Client.stream(1, MESSAGES, 0, Long.MAX_VALUE));
                case 2 -> send(peer, hello(), OwnClient.stream(1, 1, 1, 0, -1));
                default -> {
                    send(peer, hello());
                    for (int j = 0; j < 40; j++) send(peer, pings);
                }
            }
        }
        assertWitnessIsServed();
        Thread.sleep(500);
        assertWitnessIsServed();
        assertThat(heapBytes() - heap).isLessThan(16 << 20);
        // 64 MiB of replies, one more of 16 MiB and what it is made of, and the small ones.
        assertThat(residentBytes() - resident).isLessThan(160 << 20);
    }

    @Test
    void halfClosedConnectionsAreAnsweredAndEnd() throws Exception {
        for (int i = 0; i < 500; i++) {
            SocketChannel peer = connect();
            if (i % 2 == 0) peer.shutdownInput();
            send(
                    peer,
                    Client.ping(1),
                    Client.commit(1),
                    Client.read(1, 1, 0),
                    Client.stream(1, 10, Long.MAX_VALUE, 1));
            if (i % 2 == 1) {
                peer.shutdownOutput();
                assertThat(readAll(peer)).isEqualTo(16 + 16 + 24 + 4 + MESSAGE_BYTES);
            }
        }
        assertWitnessIsServed();
    }

    @Test
    void connectionsThatAreResetAnywhereLeaveNothing() throws Exception {
        Random random = new Random(3);
        byte[] original =
                concat(
                        Client.push(1, new byte[50_000]),
                        Client.commit(1),
                        Client.read(1, 10, 0),
                        Client.stream(1, 10, 0, Long.MAX_VALUE));
        byte[] own =
                concat(
                        hello(),
                        OwnClient.push(1, 1, "x".repeat(50_000)),
                        OwnClient.commit(1, 2),
                        OwnClient.read(1, 3, Frame.FROM_OLDEST, 0, 10),
                        OwnClient.stream(1, 4, Frame.FROM_OLDEST, 0, -1));
        for (int i = 0; i < 1000; i++) {
            byte[] all = i % 2 == 0 ? original : own;
            try (SocketChannel peer = connect()) {
                peers.removeLast();
                peer.setOption(java.net.StandardSocketOptions.SO_LINGER, 0);
                send(peer, Arrays.copyOf(all, random.nextInt(all.length + 1)));
                if (i % 5 == 0) Thread.sleep(1);
            }
        }
        assertWitnessIsServed();
    }

    @Test
    void floodsOfHellosEndWithTheirConnections() throws Exception {
        long resident = residentBytes();
        byte[] flood = new byte[0];
        for (int i = 0; i < 100; i++) flood = concat(flood, hello());
        for (int i = 0; i < 500; i++) {
            SocketChannel peer = connect();
            peer.configureBlocking(false);
            // The second one is no frame; credentials that do not come are waited for.
            if (i % 2 == 0) send(peer, flood);
            else send(peer, OwnClient.hello(new Hello(1, 1, 4096, 0)), new byte[i]);
        }
        assertWitnessIsServed();
        assertThat(residentBytes() - resident).isLessThan(64 << 20);
    }

    // ---- what they do

    private int peersThatFit() {
        // Two ends of each, and some to spare.
        long free = SYSTEM.getMaxFileDescriptorCount() - SYSTEM.getOpenFileDescriptorCount() - 500;
        int fit = (int) Math.min(PEERS, free / 2);
        if (fit < PEERS) System.err.printf("%d connections instead of %d: ulimit -n%n", fit, PEERS);
        return fit;
    }

    private SocketChannel connect() throws IOException {
        SocketChannel peer =
                SocketChannel.open(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        peers.add(peer);
        return peer;
    }

    /** As much as the socket takes; who was closed is told by others. */
    private static void send(SocketChannel peer, byte[]... parts) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(concat(parts));
        try {
            int written = 1;
            while (all.hasRemaining() && written > 0) written = peer.write(all);
        } catch (IOException e) {
            // closed meanwhile
        }
    }

    private static byte[] hello() {
        return OwnClient.hello(Hello.of(77));
    }

    private static long readAll(SocketChannel peer) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        long all = 0;
        for (int read = peer.read(buffer); read >= 0; read = peer.read(buffer.clear())) all += read;
        return all;
    }

    private static byte[] concat(byte[]... parts) {
        byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    // ---- what is looked at

    /** Whoever behaves is served, at once. */
    private void assertWitnessIsServed() {
        for (int i = 0; i < 10; i++) {
            long begin = SYSTEM.getProcessCpuTime();
            try {
                witness.send(Client.ping(1));
                assertThat(witness.status()).isGreaterThanOrEqualTo(MESSAGES);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            assertThat(SYSTEM.getProcessCpuTime() - begin).isLessThan(MAX_WAIT_NANOS);
        }
    }

    private static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status")))
            if (line.startsWith("VmRSS:"))
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
        throw new IOException("no VmRSS");
    }
}
