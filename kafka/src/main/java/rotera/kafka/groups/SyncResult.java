package rotera.kafka.groups;

import rotera.kafka.wire.Errors;

/** What the leader has assigned to a member. */
final class SyncResult {
    private final Errors error;
    private final byte[] assignment;

    SyncResult(Errors error, byte[] assignment) {
        this.error = error;
        this.assignment = assignment;
    }

    static SyncResult failed(Errors error) {
        return new SyncResult(error, new byte[0]);
    }

    Errors error() {
        return error;
    }

    byte[] assignment() {
        return assignment;
    }
}
