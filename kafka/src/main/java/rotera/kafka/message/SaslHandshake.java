package rotera.kafka.message;

import java.util.List;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class SaslHandshake {
    public static final Api<Request, Response> API = ApiRegistry.typed(17);

    private SaslHandshake() {}

    public static final class Request extends Struct {
        Request(Schema schema) {
            super(schema);
        }

        public String mechanism() {
            return text(0);
        }

        public Request mechanism(String value) {
            put(0, value);
            return this;
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

        public List<String> mechanisms() {
            return list(1);
        }

        public Response mechanisms(List<String> value) {
            put(1, value);
            return this;
        }
    }
}
