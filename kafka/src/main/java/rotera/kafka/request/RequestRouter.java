package rotera.kafka.request;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import rotera.kafka.message.ApiVersions;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Struct;

/**
 * The handler of each kind of request. Clients are told of those kinds that have one, and of no
 * others. Filled before the first connection; thread-safe from then on.
 */
public final class RequestRouter {
    private final Map<Api<?, ?>, Handler<?>> handlers = new LinkedHashMap<>();

    public RequestRouter() {
        on(ApiVersions.API, request -> apiVersions(Errors.NONE));
    }

    /** Has requests of this kind answered at once. */
    public <Q extends Struct, R extends Struct> RequestRouter on(
            Api<Q, R> api, Responder<Q, R> responder) {
        return handle(api, request -> new Response(responder.respond(request)));
    }

    /** Has requests of this kind handled. */
    public <Q extends Struct> RequestRouter handle(Api<Q, ?> api, Handler<Q> handler) {
        handlers.put(api, handler);
        return this;
    }

    /** The handler of requests of this kind; null if they are not spoken here. */
    @SuppressWarnings("unchecked")
    public <Q extends Struct> @Nullable Handler<Q> handler(Api<Q, ?> api) {
        return (Handler<Q>) handlers.get(api);
    }

    /** What is spoken here. */
    public ApiVersions.Response apiVersions(Errors error) {
        ApiVersions.Response response = ApiVersions.API.newResponse().errorCode(error);
        for (Api<?, ?> api : handlers.keySet()) {
            response.addApiKey()
                    .apiKey(api.key())
                    .minVersion(api.versions().first())
                    .maxVersion(api.versions().last());
        }
        return response;
    }
}
