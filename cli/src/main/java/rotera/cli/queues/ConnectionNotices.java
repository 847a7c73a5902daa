package rotera.cli.queues;

import rotera.client.ConnectionListener;

/** Says on standard error, once, that a server is waited for, and when it is there again. */
final class ConnectionNotices implements ConnectionListener {
    private final String server;
    private boolean waiting;

    ConnectionNotices(String server) {
        this.server = server;
    }

    @Override
    public synchronized void waiting(String reason) {
        if (!waiting)
            System.err.println("waiting for the server on " + server + " (" + reason + ")");
        waiting = true;
    }

    @Override
    public synchronized void resumed() {
        if (waiting) System.err.println("the server on " + server + " answers again");
        waiting = false;
    }
}
