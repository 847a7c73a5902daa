package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.kafka.message.ApiRegistry;
import rotera.kafka.message.ApiVersions;
import rotera.kafka.message.Produce;
import rotera.kafka.records.BatchesFuzzTest;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.MalformedRequestException;
import rotera.kafka.wire.NamedStruct;
import rotera.kafka.wire.RequestReader;
import rotera.kafka.wire.Struct;

/**
 * What one client sends, and which answers it may get.
 *
 * <p>The input: a byte whose bit 0 makes all that follows one frame, bit 1 makes the batches of
 * pushes fit (as {@link BatchesFuzzTest}), and bit 2 goes away without waiting for answers; a byte
 * with the size of the segments, 0 for one. Then the frames.
 */
final class FuzzedRequests {
    static final int HEAD_BYTES = 2;

    private static final int ONE_FRAME = 1;
    private static final int FITTING = 2;
    private static final int VANISHING = 4;

    private static final int MOST_SEGMENTS = 200;

    /** Fetches wait no longer. */
    private static final int WAIT_MILLIS = 20;

    /** Who joins a group may have to wait for others: not here. */
    private static final int JOIN_MILLIS = 50;

    private static final int ANSWER_MILLIS = 10_000;

    private final Limits limits;
    private final boolean vanishes;
    private final int segmentBytes;
    private final byte[] stream;
    private final List<Sent> sent = new ArrayList<>();

    /** How much of the stream is whole requests that are answered. */
    private int wholeBytes;

    /**
     * A request that is one.
     *
     * @param version of the answer
     * @param end of its frame in the stream
     */
    private record Sent(Api<?, ?> api, int version, int correlation, int end, Struct body) {
        boolean silent() {
            return body instanceof Produce.Request produce && produce.acks() == 0;
        }

        boolean mayWaitForOthers() {
            return api.name().equals("JoinGroup") || api.name().equals("SyncGroup");
        }

        /** Who ends its side of the connection meanwhile gets no answer. */
        boolean mayWait() {
            return api.name().equals("Fetch") || mayWaitForOthers();
        }
    }

    FuzzedRequests(byte[] input, Limits limits) {
        this.limits = limits;
        vanishes = (input[0] & VANISHING) != 0;
        segmentBytes = input[1] & 0xff;
        stream = Arrays.copyOfRange(input, HEAD_BYTES, input.length);
        ByteBuffer view = ByteBuffer.wrap(stream);
        if ((input[0] & ONE_FRAME) != 0 && stream.length >= 4) view.putInt(0, stream.length - 4);
        int at = 0;
        while (stream.length - at >= 4) {
            int length = view.getInt(at);
            if (length < 8 || length > stream.length - at - 4) break;
            Sent request = read(view.slice(at + 4, length), at + 4 + length);
            if (request == null) break;
            if ((input[0] & FITTING) != 0) fit(request);
            at += 4 + length;
            wholeBytes = at;
            sent.add(request);
        }
    }

    /** Null if the server closes instead of an answer. */
    private @Nullable Sent read(ByteBuffer frame, int end) {
        try {
            RequestReader reader = new RequestReader(frame, limits.heapBytes(), taken -> {});
            Api<?, ?> api = ApiRegistry.ofKey(reader.int16());
            int version = reader.int16();
            int correlation = reader.int32();
            if (api == null) return null;
            if (!api.versions().contains(version)) {
                boolean told = api.equals(ApiVersions.API);
                return told
                        ? new Sent(api, 0, correlation, end, NamedStruct.of(api.request()))
                        : null;
            }
            var _ = reader.nullableText();
            if (api.name().equals("Fetch") && frame.remaining() >= 8) {
                int at = frame.position() + 4;
                frame.putInt(at, Math.clamp(frame.getInt(at), 0, WAIT_MILLIS));
            }
            return new Sent(api, version, correlation, end, reader.read(api.request(), version));
        } catch (MalformedRequestException e) {
            return null;
        }
    }

    private static void fit(Sent request) {
        if (!(request.body instanceof Produce.Request produce)) return;
        for (Produce.Request.Topic topic : produce.topics()) {
            for (Produce.Request.Partition partition : topic.partitions()) {
                ByteBuffer records = partition.records();
                if (records == null) continue;
                byte[] batch = Struct.copy(records);
                BatchesFuzzTest.fit(batch);
                records.duplicate().put(batch);
            }
        }
    }

    /** Sends all, and looks at what comes. */
    void exchange(RawClient client) throws IOException {
        int answered = 0;
        try {
            int from = 0;
            for (int i = 0; i < sent.size() && !vanishes; i++) {
                if (!sent.get(i).mayWait()) continue;
                send(client, from, sent.get(i).end);
                from = sent.get(i).end;
                int millis = sent.get(i).mayWaitForOthers() ? JOIN_MILLIS : ANSWER_MILLIS;
                answered = receive(client, answered, i + 1, millis);
                if (answered <= i) return; // it waits for others
            }
            if (vanishes) {
                send(client, 0, firstThatWaits());
                client.socket.setSoLinger(true, 0);
                return;
            }
            send(client, from, stream.length);
            client.socket.shutdownOutput();
            receive(client, answered, sent.size(), ANSWER_MILLIS);
            assertThat(client.isClosed()).as("an answer too many").isTrue();
        } catch (SocketException e) {
            // It closed before it had read everything: what it answered may be lost.
            assertThat(wholeBytes < stream.length || hasSilent(sent.size()))
                    .as("closed on a good request")
                    .isTrue();
        }
    }

    /** Behind a request that waits for others it is not noticed who goes away. */
    private int firstThatWaits() {
        return sent.stream()
                .filter(Sent::mayWaitForOthers)
                .mapToInt(Sent::end)
                .findFirst()
                .orElse(stream.length);
    }

    /** Whether there is a push without an answer, whose failure ends the connection. */
    private boolean hasSilent(int before) {
        return sent.subList(0, before).stream().anyMatch(Sent::silent);
    }

    private void send(RawClient client, int from, int to) throws IOException {
        int at = from;
        for (int i = 0; i < MOST_SEGMENTS && segmentBytes > 0 && at < to; i++) {
            int length = Math.min(segmentBytes, to - at);
            client.send(Arrays.copyOfRange(stream, at, at + length));
            at += length;
        }
        client.send(Arrays.copyOfRange(stream, at, to));
    }

    /** Receives the answers up to that of a request; how many requests are answered then. */
    private int receive(RawClient client, int from, int to, int millis) throws IOException {
        client.socket.setSoTimeout(millis);
        int at = from;
        while (at < to) {
            Sent request = sent.get(at);
            if (request.silent()) {
                at++;
                continue;
            }
            try {
                check(request, ByteBuffer.wrap(client.frame()));
            } catch (SocketTimeoutException e) {
                if (millis == JOIN_MILLIS) return at;
                throw new AssertionError("no answer to " + request.api, e);
            } catch (EOFException e) {
                assertThat(hasSilent(at))
                        .as("closed instead of an answer to %s", request.api)
                        .isTrue();
                throw new SocketException("closed after a push without an answer");
            }
            at++;
        }
        return at;
    }

    private static void check(Sent request, ByteBuffer answer) {
        assertThat(answer.getInt()).as("correlation").isEqualTo(request.correlation);
        new RequestReader(answer, 1 << 20, taken -> {})
                .read(request.api.response(), request.version);
    }
}
