package rotera.server;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The memory that all connections share, so that it is bounded whatever they announce: a request
 * that is not whole reserves what it will need before more of it is read. Requests that fit the
 * buffer of the loop and larger ones have budgets of their own, so that the large ones do not keep
 * the others waiting. Small requests and small replies never wait. Connections that keep others
 * waiting without moving are closed after a while. Only the leader's.
 */
final class Admissions {
    /** What a connection may keep of its replies without asking. */
    static final int SMALL_REPLY_BYTES = 16 << 10;

    private final Budget ordinary;
    private final Budget large;
    private final Budget replies;
    private final long stalledNanos;

    Admissions(Limits limits) {
        ordinary = new Budget(limits.ordinaryBytes());
        large = new Budget(limits.largeBytes());
        replies = new Budget(limits.replyBytes());
        stalledNanos = limits.stalledNanos();
    }

    /** How much may be read at once: little where more could not be kept. */
    int readLimit(Connection connection) {
        boolean isShort = ordinary.freeBytes() < Loop.INPUT_BYTES;
        boolean holds = ordinary.held(connection) > 0 || large.held(connection) > 0;
        return isShort && !holds ? Connection.SMALL_BYTES : Loop.INPUT_BYTES;
    }

    /** This much input is kept because it has to wait for something else than more input. */
    void blocked(Connection connection, int keptBytes) {
        large.release(connection);
        if (keptBytes > Connection.SMALL_BYTES) ordinary.hold(connection, keptBytes);
        else ordinary.release(connection);
    }

    /** The rest of a request of this size is wanted; false if it has to wait. */
    boolean wants(Connection connection, long requestBytes) {
        if (requestBytes <= Connection.SMALL_BYTES) {
            blocked(connection, 0);
            return true;
        }
        if (requestBytes <= Loop.INPUT_BYTES) {
            large.release(connection);
            return ordinary.reserve(connection, requestBytes);
        }
        if (!large.reserve(connection, requestBytes)) return false;
        ordinary.release(connection);
        return true;
    }

    boolean isWaitingToRead(Connection connection) {
        return ordinary.isWaiting(connection) || large.isWaiting(connection);
    }

    /** How large a reply should be, where that can be chosen. */
    int replyBytes() {
        return (int)
                Math.clamp(replies.shareBytes(), SMALL_REPLY_BYTES, (long) Replies.MAX_READ_BYTES);
    }

    /** Whether it is of use to build a reply: not while the connection has to wait with it. */
    boolean mayBuildReply(Connection connection) {
        return !replies.isShort() || !replies.isStillWaiting(connection);
    }

    /** Whether a reply of this size may be sent; if not, the connection goes on later. */
    boolean mayReply(Connection connection, int bytes) {
        if (bytes > SMALL_REPLY_BYTES) return replies.admit(connection, bytes);
        if (replies.isShort()) giveUpReply(connection);
        return true;
    }

    /** The connection does not wait with its reply any more. */
    void giveUpReply(Connection connection) {
        if (replies.isWaiting(connection)) replies.hold(connection, replies.held(connection));
    }

    boolean isWaitingToReply(Connection connection) {
        return replies.isWaiting(connection);
    }

    /** This much of a reply could not be sent yet. */
    void keepsReply(Connection connection, int bytes) {
        replies.hold(connection, bytes);
    }

    void release(Connection connection) {
        ordinary.release(connection);
        large.release(connection);
        replies.release(connection);
    }

    boolean isShort() {
        return ordinary.isShort() || large.isShort() || replies.isShort();
    }

    long usedBytes() {
        return ordinary.usedBytes() + large.usedBytes() + replies.usedBytes();
    }

    /** Lets those go on for whom there is memory again. */
    void serve() {
        ordinary.serve(Connection::goOn);
        large.serve(Connection::goOn);
        replies.serve(Connection::goOn);
    }

    List<Connection> stalled() {
        long since = System.nanoTime() - stalledNanos;
        Set<Connection> stalled = new HashSet<>(ordinary.stalledSince(since));
        stalled.addAll(large.stalledSince(since));
        stalled.addAll(replies.stalledSince(since));
        return List.copyOf(stalled);
    }
}
