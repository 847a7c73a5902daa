package rotera.kafka.message;

import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class FindCoordinator {
    public static final Api<Request, Response> API = ApiRegistry.typed(10);

    private FindCoordinator() {}

    public static final class Request extends Struct {
        Request(Schema schema) {
            super(schema);
        }

        public String key() {
            return text(0);
        }

        public Request key(String value) {
            put(0, value);
            return this;
        }

        public int keyType() {
            return int32(1);
        }

        public Request keyType(int value) {
            put(1, (long) value);
            return this;
        }
    }

    public static final class Response extends Struct {
        Response(Schema schema) {
            super(schema);
        }

        public int throttleTimeMillis() {
            return int32(0);
        }

        public Response throttleTimeMillis(int value) {
            put(0, (long) value);
            return this;
        }

        public int errorCode() {
            return int32(1);
        }

        public Response errorCode(Errors error) {
            put(1, (long) error.code);
            return this;
        }

        public @Nullable String errorMessage() {
            return nullableText(2);
        }

        public Response errorMessage(@Nullable String value) {
            put(2, value);
            return this;
        }

        public int nodeId() {
            return int32(3);
        }

        public Response nodeId(int value) {
            put(3, (long) value);
            return this;
        }

        public String host() {
            return text(4);
        }

        public Response host(String value) {
            put(4, value);
            return this;
        }

        public int port() {
            return int32(5);
        }

        public Response port(int value) {
            put(5, (long) value);
            return this;
        }
    }
}
