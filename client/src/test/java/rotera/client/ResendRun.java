package rotera.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import rotera.queue.Batch;
import rotera.queue.CreateOptions;
import rotera.queue.Messages;
import rotera.queue.RotFile;
import rotera.server.Server;
import rotera.server.ServerOptions;

/** Runs in the class loader of a broken rule, with the classes that it changed. */
public final class ResendRun {
    // Not multiples of the bytes that fields have, so that cuts are at all places of frames.
    private static final int PUSH_STEP = 13;
    private static final int PIPELINE_STEP = 53;
    private static final int STREAM_STEP = 31;

    private ResendRun() {}

    public static void cutPushes(Path directory) throws Exception {
        run(
                directory,
                test -> {
                    test.cutPushes(true, PUSH_STEP);
                    test.cutPushes(false, PUSH_STEP);
                });
    }

    public static void cutPipelines(Path directory) throws Exception {
        run(directory, test -> test.cutPipelines(true, PIPELINE_STEP));
    }

    public static void cutStreams(Path directory) throws Exception {
        run(directory, test -> test.cutStreams(false, STREAM_STEP));
    }

    private interface Work {
        void accept(CutConnectionTest test) throws Exception;
    }

    /** Throws what was found. */
    private static void run(Path directory, Work work) throws Exception {
        CutConnectionTest test = new CutConnectionTest();
        test.directory = directory;
        test.start();
        try {
            work.accept(test);
        } finally {
            test.stop();
        }
    }

    /** The server loses, as in a power cut, pushes that it had acknowledged and not committed. */
    public static void lostByTheServer(Path directory) throws Exception {
        Path file = directory.resolve("3.rot");
        Path before = directory.resolve("before");
        RotFile.create(file, CreateOptions.ofSize(4 << 20));
        Server server = Server.start(ServerOptions.of(directory).withPort(0));
        int port = server.port();
        List<String> pushed = new ArrayList<>();
        try (RemoteQueue queue = Rotera.connect(ConnectOptions.of("3").withPort(port));
                Batch batch = new Batch();
                Messages messages = new Messages()) {
            for (int i = 0; i < 5; i++) {
                pushed.add("message " + i);
                queue.push(batch.clear().add(pushed.getLast()));
            }
            Files.copy(file, before);
            server.close();
            Files.copy(before, file, StandardCopyOption.REPLACE_EXISTING);
            server = Server.start(ServerOptions.of(directory).withPort(port));
            assertThat(queue.commit()).isEqualTo(5);
            List<String> kept = new ArrayList<>();
            queue.read(0, 100, messages);
            while (messages.next()) kept.add(new String(messages.toByteArray(), UTF_8));
            assertThat(kept).isEqualTo(pushed);
        } finally {
            server.close();
        }
    }
}
