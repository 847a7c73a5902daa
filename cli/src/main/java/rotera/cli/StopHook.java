package rotera.cli;

/** Does something when the process is told to stop, until this is closed. */
final class StopHook implements AutoCloseable {
    private final Thread hook;

    StopHook(Runnable stop) {
        hook = new Thread(stop, "stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is running: that is why we end.
        }
    }
}
