package rotera.kafka.message;

import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class InitProducerId {
    public static final Api<Request, Response> API = ApiRegistry.typed(22);

    private InitProducerId() {}

    public static final class Request extends Struct {
        Request(Schema schema) {
            super(schema);
        }

        public @Nullable String transactionalId() {
            return nullableText(0);
        }

        public Request transactionalId(@Nullable String value) {
            put(0, value);
            return this;
        }

        public int transactionTimeoutMillis() {
            return int32(1);
        }

        public Request transactionTimeoutMillis(int value) {
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

        public long producerId() {
            return int64(2);
        }

        public Response producerId(long value) {
            put(2, value);
            return this;
        }

        public int producerEpoch() {
            return int32(3);
        }

        public Response producerEpoch(int value) {
            put(3, (long) value);
            return this;
        }
    }
}
