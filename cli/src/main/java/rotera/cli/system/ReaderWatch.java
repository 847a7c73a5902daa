package rotera.cli.system;

import rotera.cli.text.Terminal;

/** Notices that whoever reads standard output has gone, while there is nothing to print. */
public final class ReaderWatch {
    private ReaderWatch() {}

    /** Calls {@code gone} from another thread. For pipes and sockets; others have no reader. */
    public static void start(Runnable gone) {
        if (!Terminal.isPipeOrSocket(1)) return;
        Thread.ofPlatform()
                .daemon()
                .name("reader")
                .start(() -> {
                    try {
                        Libc.awaitOtherEndGone(1);
                        gone.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }
}
