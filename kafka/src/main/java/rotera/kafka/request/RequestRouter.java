package rotera.kafka.request;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.ApiRegistry;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Struct;

/**
 * Who answers which requests. Clients are told of those that have a handler here, and of no others.
 * Filled before the first connection; thread-safe from then on.
 */
public final class RequestRouter {
    public static final Api API_VERSIONS = ApiRegistry.named("ApiVersions");

    private final Map<Api, Handler> handlers = new LinkedHashMap<>();

    public RequestRouter() {
        on("ApiVersions", this::apiVersions);
    }

    /** Has requests of this kind answered by the handler. */
    public RequestRouter on(String api, Handler handler) {
        handlers.put(ApiRegistry.named(api), handler);
        return this;
    }

    public @Nullable Handler handler(Api api) {
        return handlers.get(api);
    }

    private Struct apiVersions(Request request) {
        return apiVersions(Errors.NONE);
    }

    /** What is spoken here. */
    public Struct apiVersions(Errors error) {
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
