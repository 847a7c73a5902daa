package rotera.kafka.message;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class SyncGroup {
    public static final Api<Request, Response> API = ApiRegistry.typed(14);

    private SyncGroup() {}

    public static final class Request extends Struct {
        Request(Schema schema) {
            super(schema);
        }

        public String groupId() {
            return text(0);
        }

        public Request groupId(String value) {
            put(0, value);
            return this;
        }

        public int generationId() {
            return int32(1);
        }

        public Request generationId(int value) {
            put(1, (long) value);
            return this;
        }

        public String memberId() {
            return text(2);
        }

        public Request memberId(String value) {
            put(2, value);
            return this;
        }

        public @Nullable String groupInstanceId() {
            return nullableText(3);
        }

        public Request groupInstanceId(@Nullable String value) {
            put(3, value);
            return this;
        }

        public List<Assignment> assignments() {
            return list(4);
        }

        public Assignment addAssignment() {
            return (Assignment) add(4);
        }

        public static final class Assignment extends Struct {
            Assignment(Schema schema) {
                super(schema);
            }

            public String memberId() {
                return text(0);
            }

            public Assignment memberId(String value) {
                put(0, value);
                return this;
            }

            public ByteBuffer assignment() {
                return bytes(1);
            }

            public Assignment assignment(byte[] value) {
                put(1, ByteBuffer.wrap(value));
                return this;
            }
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

        public ByteBuffer assignment() {
            return bytes(2);
        }

        public Response assignment(byte[] value) {
            put(2, ByteBuffer.wrap(value));
            return this;
        }
    }
}
