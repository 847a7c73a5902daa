package rotera.cli.text;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows on a terminal how far something is, once it takes long; elsewhere nothing. The bar's
 * classes are loaded only then.
 */
public final class Progress implements AutoCloseable {
    private static final long LONG_NANOS = 500_000_000;

    private final String task;
    private final long totalBytes;
    private final boolean shown = Terminal.isStandardError();
    private final long startNanos = System.nanoTime();
    private @Nullable ProgressBar bar;

    public Progress(String task, long totalBytes) {
        this.task = task;
        this.totalBytes = totalBytes;
    }

    public void bytesDone(long bytes) {
        if (!shown) return;
        if (bar == null) {
            if (System.nanoTime() - startNanos < LONG_NANOS) return;
            bar =
                    new ProgressBarBuilder()
                            .setTaskName(task)
                            .setInitialMax(totalBytes)
                            .setUnit(" MiB", 1 << 20)
                            .setStyle(ProgressBarStyle.ASCII)
                            .clearDisplayOnFinish()
                            .build();
        }
        bar.stepTo(bytes);
    }

    @Override
    public void close() {
        if (bar != null) bar.close();
    }
}
