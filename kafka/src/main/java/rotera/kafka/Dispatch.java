package rotera.kafka;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who answers which requests. Clients are told of those that have a handler here, and of no others.
 * Filled before the first connection; thread-safe from then on.
 */
final class Dispatch {
    static final Api API_VERSIONS = Apis.named("ApiVersions");

    private final Map<Api, Handler> handlers = new LinkedHashMap<>();

    Dispatch() {
        on("ApiVersions", this::apiVersions);
    }

    /** Has requests of this kind answered by the handler. */
    Dispatch on(String api, Handler handler) {
        handlers.put(Apis.named(api), handler);
        return this;
    }

    @Nullable Handler handler(Api api) {
        return handlers.get(api);
    }

    private Struct apiVersions(Request request) {
        return apiVersions(Errors.NONE);
    }

    /** What is spoken here. */
    Struct apiVersions(Errors error) {
        Struct answer = API_VERSIONS.answer().set("errorCode", error);
        for (Api api : handlers.keySet()) {
            answer.add("apiKeys")
                    .set("apiKey", api.key())
                    .set("minVersion", api.versions().first())
                    .set("maxVersion", api.versions().last());
        }
        return answer;
    }
}
