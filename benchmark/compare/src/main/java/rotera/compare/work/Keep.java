package rotera.compare.work;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import rotera.compare.contender.Contender;
import rotera.compare.contender.Content;
import rotera.compare.contender.Producer;
import rotera.compare.contender.Receiver;

/**
 * 2 GiB (or as much as takes 25 s) into a queue that is told to keep at most 256 MiB: the blocks of
 * everything below the contender's directory, looked at all the time and for two seconds after.
 */
final class Keep implements Work {
    static final long KEPT_BYTES = 256L << 20;
    private static final long PUSHED_BYTES = 2L << 30;
    private static final long MOST_NANOS = 25_000_000_000L;

    @Override
    public void run(Stage stage) throws Exception {
        Content content = new Content(0, stage.setup.messageBytes());
        DiskUse disk = new DiskUse(stage.setup.directory());
        Thread looking = Background.start(disk::look);
        try (Producer producer = stage.contender.producer(Contender.MEASURED)) {
            long pushed = Math.min(PUSHED_BYTES, 4 * stage.scale.bytes());
            Stage.Load load = new Stage.Load(MOST_NANOS, pushed, stage.which.window());
            long nanos = stage.send(producer, content, load);
            double bytes = content.count() * (double) stage.setup.messageBytes();
            stage.put(Figure.PUSHED, bytes / 1e6);
            stage.put(Figure.PUSHED_RATE, bytes * 1e3 / nanos);
        }
        TimeUnit.SECONDS.sleep(2);
        disk.stop = true;
        looking.join();
        stage.put(Figure.DISK_PEAK, disk.peak / 1e6);
        Until last = new Until(content.count() - 1);
        stage.read(last);
        last.verifyEnd(content);
    }

    /** Done with a certain message. */
    private static final class Until extends Receiver {
        private final long last;

        Until(long last) {
            super(false, Long.MAX_VALUE);
            this.last = last;
        }

        @Override
        protected void message(long sequence) {
            if (sequence == last) expect(0);
        }
    }

    private static final class DiskUse {
        private final Path directory;
        private volatile boolean stop;
        private long peak;

        DiskUse(Path directory) {
            this.directory = directory;
        }

        void look() throws IOException, InterruptedException {
            while (!stop) {
                peak = Math.max(peak, of(directory));
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }

        /** Files may go away while du looks at them, which it reports and survives. */
        static long of(Path directory) throws IOException, InterruptedException {
            Process du =
                    new ProcessBuilder("du", "-s", "-B1", directory.toString())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String output = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int _ = du.waitFor();
            return Long.parseLong(output.substring(0, output.indexOf('\t')));
        }
    }
}
