package rotera.compare.contender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiverTest {
    private static final int SIZE = 24;

    private final Content sent = new Content(3, SIZE);
    private final List<byte[]> messages = new ArrayList<>();

    ReceiverTest() {
        for (int i = 0; i < 10; i++) messages.add(sent.next().clone());
    }

    private Receiver received() {
        Receiver receiver = new Receiver(true, messages.size());
        messages.forEach(receiver::take);
        return receiver;
    }

    @Test
    void whatWasSentIsAccepted() {
        Receiver receiver = received();
        receiver.verify(List.of(sent));
        assertThat(receiver.isDone()).isTrue();
    }

    @Test
    void aMissingLastMessageIsNoticed() {
        messages.removeLast();
        assertThatThrownBy(() -> received().verify(List.of(sent)))
                .hasMessageContaining("number 8, not 9");
    }

    @Test
    void aMissingMessageInTheMiddleIsNoticed() {
        messages.remove(4);
        assertThatThrownBy(() -> received().verify(List.of(sent))).hasMessageContaining("checksum");
    }

    @Test
    void aDoubledMessageIsNoticedByItsNumberAlone() {
        messages.add(5, messages.get(5));
        Receiver receiver = new Receiver(false, messages.size());
        messages.forEach(receiver::take);
        assertThatThrownBy(() -> receiver.verify(List.of(sent)))
                .hasMessageContaining("11 messages came, not 10; 1 out of order");
    }

    @Test
    void aChangedByteIsNoticed() {
        messages.get(7)[SIZE - 1] ^= 1;
        assertThatThrownBy(() -> received().verify(List.of(sent))).hasMessageContaining("checksum");
    }

    @Test
    void messagesOfTwoProducersMayMix() {
        Content other = new Content(4, SIZE);
        messages.add(2, other.next().clone());
        messages.add(9, other.next().clone());
        received().verify(List.of(sent, other));
    }
}
