package rotera.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.RotFile;
import rotera.queue.Start;
import rotera.server.Server;
import rotera.server.ServerOptions;

/** Counts what the hot paths of the client allocate on the Java heap. */
class ClientAllocationTest {
    private static final int ROUNDS = 1000;
    private static final int MESSAGES = 1000;

    @TempDir Path directory;

    @Test
    void nothingIsAllocatedForAMessage() throws Exception {
        RotFile.create(directory.resolve("1.rot"), CreateOptions.ofSize(8 << 20));
        byte[] message = new byte[20];
        try (Server server = Server.start(ServerOptions.of(directory).withPort(0));
                RemoteQueue queue = Rotera.connect("127.0.0.1:" + server.port(), "1");
                Batch batch = new Batch();
                Batch single = new Batch().add(message);
                Messages messages = new Messages()) {
            for (int i = 0; i < MESSAGES; i++) batch.add(message);
            double push =
                    bytesPerRound(() -> {
                        CompletableFuture<Long> _ = queue.pushAsync(batch);
                    });
            queue.commit();
            assertThat(push / MESSAGES).isLessThan(1);
            double durable =
                    bytesPerRound(() -> {
                        CompletableFuture<Long> _ = queue.pushAsync(single);
                        queue.commit();
                    });
            assertThat(durable).isLessThan(1500);
            long oldest = queue.ping().oldest();
            double read =
                    bytesPerRound(() -> {
                        queue.read(oldest + 1000, MESSAGES, messages);
                        while (messages.next()) {
                            if (messages.length() != 20) throw new AssertionError();
                        }
                    });
            assertThat(read / MESSAGES).isLessThan(2);
            try (MessageStream stream = queue.stream(Start.oldest()).chunk(20)) {
                double streamed =
                        bytesPerRound(() -> {
                            Messages taken;
                            try {
                                taken = stream.take();
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                            while (taken.next()) {
                                if (taken.length() != 20) throw new AssertionError();
                            }
                        });
                assertThat(streamed / 20).isLessThan(2);
            }
        }
    }

    private static double bytesPerRound(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < ROUNDS; i++) work.run();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUNDS; i++) work.run();
        return (double) (threads.getCurrentThreadAllocatedBytes() - before) / ROUNDS;
    }
}
