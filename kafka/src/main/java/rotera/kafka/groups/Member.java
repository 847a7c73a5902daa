package rotera.kafka.groups;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Errors;

/** A member of a {@link Group}, which guards it. */
final class Member {
    /** A new member that waits for the others this long is given up: it may have left unnoticed. */
    private static final long NEW_MEMBER_NANOS = TimeUnit.MINUTES.toNanos(5);

    private static final int OVERHEAD_BYTES = 512;
    private static final byte[] NOTHING = {};

    private String id;
    private JoinRequest request;
    private byte[] assignment = NOTHING;
    private long expiresNanos;
    private boolean fresh = true;
    private @Nullable CompletableFuture<JoinResult> joining;
    private @Nullable CompletableFuture<SyncResult> syncing;

    Member(String id, JoinRequest request, long nowNanos) {
        this.id = id;
        this.request = request;
        expiresNanos = nowNanos + NEW_MEMBER_NANOS;
    }

    String id() {
        return id;
    }

    @Nullable String instanceId() {
        return request.instanceId();
    }

    JoinRequest request() {
        return request;
    }

    byte[] assignment() {
        return assignment;
    }

    void assign(byte[] bytes) {
        assignment = bytes;
    }

    long rebalanceNanos() {
        return TimeUnit.MILLISECONDS.toNanos(request.rebalanceMillis());
    }

    /** How much of {@link GroupLimits#bytes} it takes. */
    static long bytes(JoinRequest request) {
        return (long) OVERHEAD_BYTES + request.clientId().length() + request.metadataBytes();
    }

    long bytes() {
        return bytes(request) + assignment.length;
    }

    /** Another process takes the place of this static member. */
    void replace(String newId, JoinRequest by) {
        answerJoin(JoinResult.failed(Errors.FENCED_INSTANCE_ID, id));
        answerSync(SyncResult.failed(Errors.FENCED_INSTANCE_ID));
        id = newId;
        request = by;
    }

    CompletableFuture<JoinResult> join(JoinRequest again) {
        // A member that asks again, on another connection, gave up the first one.
        answerJoin(JoinResult.failed(Errors.REBALANCE_IN_PROGRESS, id));
        request = again;
        CompletableFuture<JoinResult> future = new CompletableFuture<>();
        joining = future;
        return future;
    }

    CompletableFuture<SyncResult> sync() {
        answerSync(SyncResult.failed(Errors.REBALANCE_IN_PROGRESS));
        CompletableFuture<SyncResult> future = new CompletableFuture<>();
        syncing = future;
        return future;
    }

    boolean isJoining() {
        return joining != null;
    }

    boolean isSyncing() {
        return syncing != null;
    }

    void answerJoin(JoinResult result) {
        CompletableFuture<JoinResult> future = joining;
        joining = null;
        if (future != null) future.complete(result);
    }

    void answerSync(SyncResult result) {
        CompletableFuture<SyncResult> future = syncing;
        syncing = null;
        if (future != null) future.complete(result);
    }

    /** The session begins anew. */
    void heard(long nowNanos) {
        fresh = false;
        expiresNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(request.sessionMillis());
    }

    /** When it counts as dead: never while it waits for an answer, unless it is new. */
    long expiresNanos() {
        return !fresh && (joining != null || syncing != null) ? Long.MAX_VALUE : expiresNanos;
    }

    boolean knows(String protocol) {
        return metadata(protocol) != null;
    }

    byte @Nullable [] metadata(String protocol) {
        for (JoinRequest.Protocol each : request.protocols())
            if (each.name().equals(protocol)) return each.metadata();
        return null;
    }

    /** Whether it would join with the same as before. */
    boolean matches(JoinRequest other) {
        List<JoinRequest.Protocol> now = other.protocols();
        List<JoinRequest.Protocol> before = request.protocols();
        if (now.size() != before.size()) return false;
        for (int i = 0; i < now.size(); i++) {
            if (!now.get(i).name().equals(before.get(i).name())
                    || !Arrays.equals(now.get(i).metadata(), before.get(i).metadata()))
                return false;
        }
        return true;
    }
}
