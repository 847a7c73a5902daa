package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionLimitTest {
    private record Peer(InetAddress address, boolean hasAsked, long movedNanos)
            implements ConnectionLimit.Peer {}

    private final List<Peer> open = new ArrayList<>();

    @Test
    void thoseThatNeverAskedMakeRoomAfterAWhile() throws Exception {
        Peer asked = add("10.0.0.1", true, 10);
        Peer silent = add("10.0.0.1", false, 10);
        Peer fresh = add("10.0.0.1", false, 30);
        assertThat(ConnectionLimit.unused(open, 20)).containsExactly(silent);
        assertThat(ConnectionLimit.unused(open, 40)).containsExactly(silent, fresh);
        assertThat(open).contains(asked);
    }

    @Test
    void theAddressWithTheMostGivesOneToAnother() throws Exception {
        add("10.0.0.1", true, 30);
        Peer stillest = add("10.0.0.1", true, 10);
        add("10.0.0.1", true, 20);
        add("10.0.0.2", true, 0);
        assertThat(beyondShare("10.0.0.3")).contains(stillest);
        assertThat(beyondShare("10.0.0.2")).contains(stillest);
        assertThat(beyondShare("10.0.0.1")).isEmpty();
    }

    @Test
    void ofOneAddressThoseThatNeverAskedGoFirst() throws Exception {
        add("10.0.0.1", true, 10);
        Peer silent = add("10.0.0.1", false, 30);
        assertThat(beyondShare("10.0.0.2")).contains(silent);
    }

    @Test
    void equalSharesStay() throws Exception {
        for (int i = 0; i < 3; i++) add("10.0.0.1", true, i);
        for (int i = 0; i < 2; i++) add("10.0.0.2", true, i);
        assertThat(beyondShare("10.0.0.2")).isEmpty();
    }

    @Test
    void addressesOfOnePrefixAreOne() throws Exception {
        for (int i = 1; i <= 4; i++) add("2001:db8::" + i, true, i);
        assertThat(beyondShare("2001:db8::99")).isEmpty();
        assertThat(beyondShare("2001:db8:1::1")).contains(open.getFirst());
    }

    private java.util.Optional<Peer> beyondShare(String newcomer) throws UnknownHostException {
        return ConnectionLimit.beyondShare(open, InetAddress.getByName(newcomer));
    }

    private Peer add(String address, boolean hasAsked, long moved) throws UnknownHostException {
        Peer peer = new Peer(InetAddress.getByName(address), hasAsked, moved);
        open.add(peer);
        return peer;
    }
}
