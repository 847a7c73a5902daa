package rotera.server;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** What a client is sent, in order; what its socket does not take at once is kept. */
final class Outbox {
    private final Loop loop;
    private final Connection connection;
    private final SocketChannel channel;
    private @Nullable Bytes kept;

    Outbox(Loop loop, Connection connection, SocketChannel channel) {
        this.loop = loop;
        this.connection = connection;
        this.channel = channel;
    }

    /** Whether everything was taken. */
    boolean isEmpty() {
        return kept == null;
    }

    void send(Bytes reply) throws IOException {
        Bytes before = kept;
        if (before == null) {
            reply.from += channel.write(reply.content());
            if (reply.isEmpty()) return;
            before = loop.pool().take(reply.length());
            kept = before;
        } else {
            before.compact();
            before.ensure(before.to + reply.length());
        }
        before.append(reply);
        loop.admissions().keepsReply(connection, before.length());
    }

    /** Sends more of what is kept; says how much. */
    int sendMore() throws IOException {
        Bytes before = kept;
        if (before == null) return 0;
        int sent = channel.write(before.content());
        before.from += sent;
        if (before.isEmpty()) {
            drop();
            loop.admissions().keepsReply(connection, 0);
        }
        return sent;
    }

    void drop() {
        if (kept != null) loop.pool().give(kept);
        kept = null;
    }
}
