package rotera.kafka.message;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class SaslAuthenticate {
    public static final Api<Request, Response> API = ApiRegistry.typed(36);

    private SaslAuthenticate() {}

    public static final class Request extends Struct {
        Request(Schema schema) {
            super(schema);
        }

        public ByteBuffer token() {
            return bytes(0);
        }

        public Request token(byte[] value) {
            put(0, ByteBuffer.wrap(value));
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

        public @Nullable String errorMessage() {
            return nullableText(1);
        }

        public Response errorMessage(@Nullable String value) {
            put(1, value);
            return this;
        }

        public ByteBuffer token() {
            return bytes(2);
        }

        public Response token(byte[] value) {
            put(2, ByteBuffer.wrap(value));
            return this;
        }

        public long sessionLifetimeMillis() {
            return int64(3);
        }

        public Response sessionLifetimeMillis(long value) {
            put(3, value);
            return this;
        }
    }
}
