package rotera.client;

import java.io.IOException;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.protocol.Frame;

/**
 * The requests that have no reply yet, in their order: the unsent ones, and those in flight. Gives
 * them their tags, sees to it that only so many pushes are in flight as the server remembers, and
 * finds the request of each reply. Not thread-safe.
 */
final class InFlightRequests {
    private final SendBuffer sendBuffer = new SendBuffer();
    private final ArrayDeque<InFlightRequest> unsent = new ArrayDeque<>();
    private final ArrayDeque<InFlightRequest> inFlight = new ArrayDeque<>();

    private int rememberedPushes = 1;
    private int nextTag = 1;
    private int pushesInFlight;
    private int unsentPushes;

    boolean isEmpty() {
        return inFlight.isEmpty() && unsent.isEmpty();
    }

    /** The request whose reply is the next; null if there is none. */
    @Nullable InFlightRequest oldest() {
        return inFlight.isEmpty() ? unsent.peek() : inFlight.peek();
    }

    /** Whether the channel did not take all there is to write. */
    boolean wantsToWrite() {
        return !sendBuffer.isEmpty();
    }

    void rememberedPushes(int pushes) {
        rememberedPushes = Math.clamp(pushes, 1, 5);
    }

    /** Whether another push can be sent as soon as the channel takes it. */
    boolean hasRoomForPush() {
        return pushesInFlight + unsentPushes < rememberedPushes;
    }

    void add(InFlightRequest request) {
        if (request instanceof PushBatch) unsentPushes++;
        unsent.add(request);
    }

    /** Has requests sent before all others, in their order. */
    void addFirst(List<? extends InFlightRequest> requests) {
        for (InFlightRequest request : requests.reversed()) addFirst(request);
    }

    private void addFirst(InFlightRequest request) {
        request.written = false;
        if (request instanceof PushBatch) unsentPushes++;
        unsent.addFirst(request);
    }

    /** Writes as much as may be in flight and the channel takes. */
    void send(GatheringByteChannel to, int queue) throws IOException {
        do {
            fillSendBuffer(queue);
            sendBuffer.write(to);
        } while (sendBuffer.isEmpty() && maySend());
    }

    private boolean maySend() {
        InFlightRequest next = unsent.peek();
        return next != null && !(next instanceof PushBatch && pushesInFlight >= rememberedPushes);
    }

    private void fillSendBuffer(int queue) {
        while (sendBuffer.hasRoom() && maySend()) {
            InFlightRequest next = unsent.remove();
            next.tag = nextTag++;
            if (next instanceof PushBatch) {
                pushesInFlight++;
                unsentPushes--;
            }
            inFlight.add(next);
            sendBuffer.add(next, queue);
        }
    }

    /** The request whose reply begins here: replies come in the order of the requests. */
    InFlightRequest expected(ReceiveBuffer in) throws MalformedReply {
        InFlightRequest request = inFlight.peek();
        int kind = Frame.kind(in.segment(), in.at());
        int tag = Frame.tag(in.segment(), in.at());
        if (request == null || !request.written)
            throw new MalformedReply("a reply of kind " + kind + " that nobody has asked for");
        if (kind != request.kind() || tag != request.tag)
            throw new MalformedReply(
                    "a reply of kind %d with the tag %d instead of kind %d with the tag %d"
                            .formatted(kind, tag, request.kind(), request.tag));
        return request;
    }

    /** The reply to the oldest one has come. */
    void removeOldest() {
        if (inFlight.remove() instanceof PushBatch) pushesInFlight--;
    }

    /**
     * The connection is lost: what was in flight is unsent again, in its order.
     *
     * @param receiving the request whose reply was coming, if any; it is the oldest
     */
    void disconnected(@Nullable Request receiving) {
        sendBuffer.clear();
        pushesInFlight = 0;
        while (!inFlight.isEmpty()) addFirst(inFlight.removeLast());
        if (receiving != null) addFirst(receiving);
    }

    /** Removes and returns all, which are unsent. */
    List<InFlightRequest> removeAll() {
        List<InFlightRequest> all = List.copyOf(unsent);
        unsent.clear();
        unsentPushes = 0;
        return all;
    }
}
