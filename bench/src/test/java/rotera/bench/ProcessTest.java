package rotera.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProcessTest {
    private static final long SELF = ProcessHandle.current().pid();

    @Test
    void workTakesProcessorTimeAndMemory() {
        long before = ProcessFigures.of(SELF).orElseThrow().processorNanos();
        long end = System.nanoTime() + 30_000_000_000L;
        ProcessFigures after;
        do {
            after = ProcessFigures.of(SELF).orElseThrow();
        } while (after.processorNanos() - before < 50_000_000 && System.nanoTime() < end);
        assertThat(after.processorNanos() - before).isGreaterThanOrEqualTo(50_000_000);
        assertThat(after.ownBytes()).isGreaterThan(1 << 20);
        assertThat(after.mappedFileBytes()).isPositive();
    }

    @Test
    void processThatIsNotThereHasNoFigures() {
        assertThat(ProcessFigures.of(Integer.MAX_VALUE)).isEmpty();
    }

    @Test
    void processIsFoundByThePortItListensOn() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
            assertThat(ListeningProcess.find("127.0.0.1", port)).isEqualTo(OptionalLong.of(SELF));
        }
        assertThat(ListeningProcess.find("127.0.0.1", port)).isEmpty();
    }
}
