package rotera.kafka.message;

import java.util.List;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class ApiVersions {
    public static final Api<Request, Response> API = ApiRegistry.typed(18);

    private ApiVersions() {}

    public static final class Request extends Struct {
        Request(Schema schema) {
            super(schema);
        }
    }

    public static final class Response extends Struct {
        Response(Schema schema) {
            super(schema);
        }

        public int errorCode() {
            return int32(0);
        }

        public Response errorCode(Errors error) {
            put(0, (long) error.code);
            return this;
        }

        public List<ApiKey> apiKeys() {
            return list(1);
        }

        public ApiKey addApiKey() {
            return (ApiKey) add(1);
        }

        public int throttleTimeMillis() {
            return int32(2);
        }

        public Response throttleTimeMillis(int value) {
            put(2, (long) value);
            return this;
        }

        public static final class ApiKey extends Struct {
            ApiKey(Schema schema) {
                super(schema);
            }

            public int apiKey() {
                return int32(0);
            }

            public ApiKey apiKey(int value) {
                put(0, (long) value);
                return this;
            }

            public int minVersion() {
                return int32(1);
            }

            public ApiKey minVersion(int value) {
                put(1, (long) value);
                return this;
            }

            public int maxVersion() {
                return int32(2);
            }

            public ApiKey maxVersion(int value) {
                put(2, (long) value);
                return this;
            }
        }
    }
}
