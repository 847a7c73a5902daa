package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WaitingClientsTest {
    private final WaitingClients waiting = new WaitingClients(3);
    private final List<SocketChannel> peers = new ArrayList<>();
    private ServerSocketChannel listener;

    @BeforeEach
    void listen() throws IOException {
        listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        waiting.close();
        for (SocketChannel peer : peers) peer.close();
        listener.close();
    }

    @Test
    void theOneThatHasSpokenGoesFirst() throws Exception {
        SocketChannel silent = add(false);
        SocketChannel spoke = add(true);
        SocketChannel spokeLater = add(true);
        assertThat(waiting.remove()).isSameAs(spoke);
        assertThat(waiting.remove()).isSameAs(spokeLater);
        assertThat(waiting.remove()).isSameAs(silent);
        assertThat(waiting.isEmpty()).isTrue();
    }

    @Test
    void theOneThatIsSilentForTheLongestTimeGivesUpItsSeat() throws Exception {
        SocketChannel spoke = add(true);
        SocketChannel oldest = add(false);
        SocketChannel silent = add(false);
        SocketChannel newest = add(false);
        assertThat(oldest.isOpen()).isFalse();
        assertThat(List.of(spoke, silent, newest)).allMatch(SocketChannel::isOpen);
    }

    @Test
    void thoseThatHaveSpokenKeepTheirSeats() throws Exception {
        List<SocketChannel> spoke = List.of(add(true), add(true), add(true));
        assertThat(add(true).isOpen()).isFalse();
        assertThat(add(false).isOpen()).isFalse();
        assertThat(spoke).allMatch(SocketChannel::isOpen);
    }

    @Test
    void roomIsMadeOnlyForOneThatHasSpoken() throws Exception {
        SocketChannel silent = add(false);
        SocketChannel spoke = add(true);
        SocketChannel spokeLater = add(true);
        assertThat(waiting.removeIf(channel -> !channel.equals(spoke))).isSameAs(spokeLater);
        assertThat(waiting.removeIf(channel -> false)).isNull();
        assertThat(waiting.removeIf(silent::equals)).isNull();
        assertThat(waiting.remove()).isSameAs(spoke);
    }

    private SocketChannel add(boolean speaks) throws Exception {
        SocketChannel peer = SocketChannel.open(listener.getLocalAddress());
        peers.add(peer);
        SocketChannel accepted = listener.accept();
        accepted.configureBlocking(false);
        if (speaks) {
            assertThat(peer.write(ByteBuffer.wrap(new byte[4]))).isEqualTo(4);
            while (accepted.socket().getInputStream().available() < 4) Thread.sleep(1);
        }
        waiting.add(accepted);
        return accepted;
    }
}
