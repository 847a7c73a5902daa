package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import rotera.protocol.Frame;
import rotera.protocol.Hello;
import rotera.protocol.Reply;
import rotera.protocol.Request;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/**
 * Bytes of a client, in any segments, in both protocols: the server answers what it understands,
 * closes, logs no mistake of its own, and goes on serving others within its memory.
 */
class RequestsFuzzTest {
    private static final int TIMEOUT_MILLIS = 5000;

    @TempDir static Path directory;
    private static final LogLines LOG = new LogLines();
    private static Server server;
    private static Client witness;

    @BeforeAll
    static void start() throws IOException {
        for (int queue = 1; queue <= 2; queue++)
            RotFile.create(directory.resolve(queue + ".rot"), CreateOptions.ofSize(96 << 10));
        Logger.getLogger("rotera.server").setUseParentHandlers(false);
        server = Server.start(ServerOptions.of(directory).withPort(0));
        witness = new Client(server);
    }

    @AfterAll
    static void stop() throws IOException {
        witness.close();
        server.close();
        LOG.close();
        Logger.getLogger("rotera.server").setUseParentHandlers(true);
    }

    /**
     * The first byte: bit 0 says hello first, bit 1 sends it in one piece, bit 2 goes away without
     * a goodbye. Else the pieces have as many bytes as the first one of each says.
     */
    @FuzzTest
    void requests(byte[] input) throws IOException {
        if (input.length == 0) return;
        boolean own = (input[0] & 1) != 0;
        byte[] replies = exchange(input, own);
        if (own) checkFrames(replies);
        else checkOriginal(replies);
        witness.send(Client.ping(1));
        assertThat(witness.status()).isNotNegative();
        assertThat(LOG.with("Exception")).isEmpty();
        assertThat(LOG.with("Error")).isEmpty();
        LOG.clear();
    }

    private static byte[] exchange(byte[] input, boolean own) throws IOException {
        try (Client client = new Client(server)) {
            client.socket.setSoTimeout(TIMEOUT_MILLIS);
            if (own) client.send(OwnClient.hello(Hello.of(77)));
            send(input, client.socket);
            if ((input[0] & 4) != 0) {
                client.vanish();
                return new byte[0];
            }
            client.socket.shutdownOutput();
            return client.socket.getInputStream().readAllBytes();
        } catch (SocketException e) {
            return new byte[0]; // it closed before it had read everything
        }
    }

    private static void send(byte[] input, Socket socket) throws IOException {
        OutputStream out = socket.getOutputStream();
        if ((input[0] & 2) != 0) {
            out.write(input, 1, input.length - 1);
            return;
        }
        for (int at = 1; at < input.length; ) {
            int length = Math.min(1 + (input[at] & 0x7f), input.length - at - 1);
            out.write(input, at + 1, length);
            at += 1 + length;
        }
    }

    private static void checkFrames(byte[] replies) {
        MemorySegment all = MemorySegment.ofArray(replies);
        long at = 0;
        while (at < replies.length) {
            assertThat(replies.length - at).isGreaterThanOrEqualTo(Frame.HEAD_BYTES);
            long bytes = Frame.bytes(all, at);
            assertThat(bytes).isBetween((long) Frame.HEAD_BYTES, replies.length - at);
            at += bytes;
        }
    }

    /** It is not known which requests were answered, but how all answers begin. */
    private static void checkOriginal(byte[] replies) {
        if (replies.length == 0) return;
        MemorySegment all = MemorySegment.ofArray(replies);
        boolean hello = (replies.length >= Frame.HEAD_BYTES && Frame.kind(all, 0) == Frame.HELLO);
        assertThat(replies.length).isGreaterThanOrEqualTo(Reply.STATUS_BYTES);
        if (!hello) assertThat(all.get(Request.U64, 0)).isIn(Reply.ALIVE, Reply.SHUTTING_DOWN);
    }
}
