package rotera.cli.system;

/** Does something when the process is told to stop, until this is closed. */
public final class StopHook implements AutoCloseable {
    private final Thread hook;

    public StopHook(Runnable stop) {
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
