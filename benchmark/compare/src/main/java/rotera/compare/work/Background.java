package rotera.compare.work;

/** A thread beside the one that measures. Its failure ends the process: no figure comes from it. */
final class Background {
    private Background() {}

    /** What the thread does. */
    interface Task {
        void run() throws Exception;
    }

    static Thread start(Task task) {
        return Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        task.run();
                    } catch (Throwable e) {
                        fail(e);
                    }
                });
    }

    @SuppressWarnings("CatchAndPrintStackTrace")
    private static void fail(Throwable e) {
        e.printStackTrace();
        Runtime.getRuntime().halt(1);
    }
}
