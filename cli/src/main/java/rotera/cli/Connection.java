package rotera.cli;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.util.OptionalLong;
import rotera.protocol.Reply;
import rotera.protocol.Request;

/**
 * A queue on a server, over the original protocol. That one has no error replies: on an error the
 * server closes the connection, so the messages here say what the reasons can be.
 */
final class Connection implements Access {
    /**
     * The protocol does not tell the queue's limits. The smallest queue there can be takes pushes
     * of this size.
     */
    private static final long SAFE_PUSH_BYTES = 8 << 10;

    private static final int READ_MESSAGES = 4096;
    private static final int MAX_REPLY_MESSAGES = Request.MAX_REPLY_MESSAGES;
    private static final int CONNECT_MILLIS = 5_000;
    private static final int REPLY_MILLIS = 60_000;

    private final SocketChannel channel;
    private final Input input;
    private final String server;
    private final int queue;
    private final ByteBuffer requests =
            ByteBuffer.allocateDirect(256 << 10).order(ByteOrder.LITTLE_ENDIAN);
    private final MemorySegment requestBytes = MemorySegment.ofBuffer(requests);
    private long largestPushed;

    private Connection(SocketChannel channel, Input input, String server, long queue) {
        this.channel = channel;
        this.input = input;
        this.server = server;
        this.queue = (int) queue;
    }

    static Connection open(String host, int port, long queue) {
        String server = host + ":" + port;
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new CommandException("the host " + host + " is not known: check --host");
        }
        try {
            SocketChannel channel = SocketChannel.open();
            channel.socket().connect(address, CONNECT_MILLIS);
            channel.socket().setTcpNoDelay(true);
            channel.socket().setSoTimeout(REPLY_MILLIS);
            InputStream stream = channel.socket().getInputStream();
            return new Connection(channel, new Input(stream), server, queue);
        } catch (ConnectException | SocketTimeoutException e) {
            throw new CommandException(
                    "no server answers on %s (%s): start one with: rotera server --create %d%s"
                            .formatted(server, reason(e), queue, ", or give its --port and --host"),
                    e);
        } catch (IOException e) {
            throw new CommandException("cannot connect to " + server + ": " + reason(e), e);
        }
    }

    @Override
    public Standing ping() {
        return exchange(new Request.Ping(queue));
    }

    @Override
    public long commit() {
        return exchange(new Request.Commit(queue)).next();
    }

    private Standing exchange(Request request) {
        try {
            add(request);
            send();
            boolean alive = status();
            return new Standing(OptionalLong.empty(), input.readLong(), alive);
        } catch (IOException e) {
            throw lost(e);
        }
    }

    @Override
    public long pushBytes() {
        return SAFE_PUSH_BYTES;
    }

    /** Sent at the latest with the next commit. There is no reply. */
    @Override
    public void push(Lines lines) {
        try {
            add(new Request.Push(queue, lines.count()));
            for (int i = 0; i < lines.count(); i++) {
                if (requests.remaining() < Integer.BYTES) send();
                requests.putInt(lines.length(i));
                largestPushed = Math.max(largestPushed, lines.length(i));
            }
            ByteBuffer bytes = lines.bytes().asSlice(0, lines.completeBytes()).asByteBuffer();
            if (bytes.remaining() <= requests.remaining()) {
                requests.put(bytes);
                return;
            }
            send();
            while (bytes.hasRemaining()) channel.write(bytes);
        } catch (IOException e) {
            throw lost(e);
        }
    }

    @Override
    public void read(long id, long most, long end, Printer printer) {
        try {
            long at = id;
            long left = most;
            while (left > 0 && at < end) {
                add(new Request.Read(queue, (int) Math.min(left, READ_MESSAGES), at));
                send();
                long first = batch(at, printer);
                if (input.messages == 0) break;
                at = first + input.messages;
                left -= input.messages;
            }
        } catch (IOException e) {
            throw lost(e);
        } finally {
            printer.flush();
        }
    }

    @Override
    public void stream(long id, long total, int chunk, Printer printer) {
        try {
            add(new Request.Stream(queue, chunk, id, total));
            send();
            channel.socket().setSoTimeout(0);
            long at = id;
            for (long left = total; left > 0; left -= input.messages) {
                input.flushBeforeWaiting(printer);
                at = batch(at, printer) + input.messages;
            }
        } catch (IOException e) {
            throw lost(e);
        } finally {
            printer.flush();
        }
    }

    /** Prints one reply and returns its first id. */
    private long batch(long asked, Printer printer) throws IOException {
        status();
        long first = input.readLong();
        long count = input.readLong();
        if (first < 0 || count < 0 || count > MAX_REPLY_MESSAGES) throw notRotera();
        input.readLengths((int) count);
        printer.batch(asked, first, count);
        input.print(first, printer);
        return first;
    }

    private void add(Request request) throws IOException {
        if (requests.remaining() < Request.BYTES) send();
        request.encode(requestBytes, requests.position());
        requests.position(requests.position() + Request.BYTES);
    }

    private void send() throws IOException {
        requests.flip();
        while (requests.hasRemaining()) channel.write(requests);
        requests.clear();
    }

    private boolean status() throws IOException {
        long status = input.readLong();
        if (status == Reply.ALIVE) return true;
        if (status == Reply.SHUTTING_DOWN) return false;
        throw notRotera();
    }

    private CommandException notRotera() {
        return new CommandException(
                "what answers on " + server + " is not a Rotera server: check --port and --host");
    }

    private CommandException lost(IOException e) {
        if (e instanceof SocketTimeoutException) {
            return new CommandException(
                    server + " gave no answer within " + REPLY_MILLIS / 1000 + " seconds", e);
        }
        if (!input.answered) {
            return new CommandException(
                    "the server on %s does not know queue %d: it closed the connection. It serves"
                                    .formatted(server, Integer.toUnsignedLong(queue))
                            + " the files NUMBER.rot of its directory; rotera server --create "
                            + Integer.toUnsignedLong(queue)
                            + " makes that one",
                    e);
        }
        String large =
                largestPushed <= SAFE_PUSH_BYTES ? "" : " of up to " + largestPushed + " bytes";
        return new CommandException(
                "the server on %s closed the connection (%s): it was stopped%s"
                        .formatted(
                                server,
                                reason(e),
                                largestPushed == 0
                                        ? ""
                                        : ", or a message"
                                                + large
                                                + " is larger than the queue"
                                                + " takes (rotera inspect FILE tells its limit)."
                                                + " What was not committed may be lost"),
                e);
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    /** Closing is what ends the conversation in this protocol. */
    @Override
    public void close() {
        try {
            send();
            channel.close();
        } catch (IOException e) {
            // The server has gone already; what mattered was committed, with a reply.
        }
    }
}
