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
public final class JoinGroup {
    public static final Api<Request, Response> API = ApiRegistry.typed(11);

    private JoinGroup() {}

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

        public int sessionTimeoutMillis() {
            return int32(1);
        }

        public Request sessionTimeoutMillis(int value) {
            put(1, (long) value);
            return this;
        }

        public int rebalanceTimeoutMillis() {
            return int32(2);
        }

        public Request rebalanceTimeoutMillis(int value) {
            put(2, (long) value);
            return this;
        }

        public String memberId() {
            return text(3);
        }

        public Request memberId(String value) {
            put(3, value);
            return this;
        }

        public @Nullable String groupInstanceId() {
            return nullableText(4);
        }

        public Request groupInstanceId(@Nullable String value) {
            put(4, value);
            return this;
        }

        public String protocolType() {
            return text(5);
        }

        public Request protocolType(String value) {
            put(5, value);
            return this;
        }

        public List<Protocol> protocols() {
            return list(6);
        }

        public Protocol addProtocol() {
            return (Protocol) add(6);
        }

        public static final class Protocol extends Struct {
            Protocol(Schema schema) {
                super(schema);
            }

            public String name() {
                return text(0);
            }

            public Protocol name(String value) {
                put(0, value);
                return this;
            }

            public ByteBuffer metadata() {
                return bytes(1);
            }

            public Protocol metadata(byte[] value) {
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

        public int generationId() {
            return int32(2);
        }

        public Response generationId(int value) {
            put(2, (long) value);
            return this;
        }

        public String protocolName() {
            return text(3);
        }

        public Response protocolName(String value) {
            put(3, value);
            return this;
        }

        public String leader() {
            return text(4);
        }

        public Response leader(String value) {
            put(4, value);
            return this;
        }

        public String memberId() {
            return text(5);
        }

        public Response memberId(String value) {
            put(5, value);
            return this;
        }

        public List<Member> members() {
            return list(6);
        }

        public Member addMember() {
            return (Member) add(6);
        }

        public static final class Member extends Struct {
            Member(Schema schema) {
                super(schema);
            }

            public String memberId() {
                return text(0);
            }

            public Member memberId(String value) {
                put(0, value);
                return this;
            }

            public @Nullable String groupInstanceId() {
                return nullableText(1);
            }

            public Member groupInstanceId(@Nullable String value) {
                put(1, value);
                return this;
            }

            public ByteBuffer metadata() {
                return bytes(2);
            }

            public Member metadata(byte[] value) {
                put(2, ByteBuffer.wrap(value));
                return this;
            }
        }
    }
}
