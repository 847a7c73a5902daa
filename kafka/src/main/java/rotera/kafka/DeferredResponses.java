package rotera.kafka;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.kafka.request.Deferred;
import rotera.kafka.wire.Api;

/** The responses of a connection that are not completed yet, in the order of their requests. */
final class DeferredResponses {
    private static final int MAX_RESPONSES = 32;

    private final List<Waiting> waiting = new ArrayList<>();

    /** A response that is deferred, and where it belongs. */
    record Waiting(Api<?, ?> api, RequestHead head, Deferred outcome) {}

    void add(Api<?, ?> api, RequestHead head, Deferred outcome) {
        waiting.add(new Waiting(api, head, outcome));
    }

    boolean isFull() {
        return waiting.size() == MAX_RESPONSES;
    }

    /** Null if there are none. */
    @Nullable Deferred newest() {
        return waiting.isEmpty() ? null : waiting.getLast().outcome;
    }

    /** None are left. */
    List<Waiting> takeAll() {
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }
}
