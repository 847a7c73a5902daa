package rotera.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.Messages;
import rotera.queue.RotFile;

class VerifierTest {
    private static final int BYTES = 100;

    @TempDir private Path directory;
    private final TestMessages messages = new TestMessages(BYTES);
    private final Verifier verifier = new Verifier(messages);
    private RotFile file;

    @BeforeEach
    void open() {
        Path path = directory.resolve("1.rot");
        RotFile.create(path, CreateOptions.ofSize(1 << 20));
        file = RotFile.open(path);
    }

    @AfterEach
    void close() {
        file.close();
    }

    private void push(int producer, long sequence) {
        byte[] message = messages.blank();
        messages.fill(message, producer, sequence, System.nanoTime());
        push(message);
    }

    private void push(byte[] message) {
        try (Batch batch = new Batch()) {
            file.push(batch.add(message));
        }
    }

    private void check() {
        file.commit();
        try (Messages delivered = new Messages()) {
            file.read(0, 1000, delivered);
            verifier.check(delivered);
        }
    }

    @Test
    void messagesOfProducersInTurnAreVerified() {
        for (int i = 0; i < 100; i++) {
            push(0, i);
            push(63, i);
        }
        check();
        assertThat(verifier.problem()).isEmpty();
        assertThat(verifier.verified()).isEqualTo(200);
    }

    @Test
    void messageThatIsMissingIsNoticed() {
        push(1, 0);
        push(1, 2);
        check();
        assertThat(verifier.problem().orElse("")).contains("number 2 of its producer");
    }

    @Test
    void messageThatComesTwiceIsNoticed() {
        push(1, 0);
        push(1, 0);
        check();
        assertThat(verifier.problem()).isPresent();
    }

    @Test
    void wrongLengthIsNoticed() {
        byte[] longer = new byte[BYTES + 1];
        messages.fill(longer, 0, 0, 0);
        push(longer);
        check();
        assertThat(verifier.problem().orElse("")).contains("has 101 bytes");
    }

    @Test
    void otherBytesAreNoticed() {
        byte[] other = messages.blank();
        other[BYTES - 1] ^= 1;
        for (int i = 0; i < 64; i++) {
            messages.fill(other, 0, i, 0);
            push(other);
        }
        check();
        assertThat(verifier.problem().orElse("")).contains("is not what was pushed");
    }

    @Test
    void messagesOfOthersAreSteppedOver() {
        push(0, 0);
        push("of somebody else, longer than a number".getBytes(UTF_8));
        push(0, 1);
        check();
        assertThat(verifier.problem()).isEmpty();
        assertThat(verifier.verified()).isEqualTo(2);
    }
}
