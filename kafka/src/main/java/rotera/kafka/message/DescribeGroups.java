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
public final class DescribeGroups {
    public static final Api<Request, Response> API = ApiRegistry.typed(15);

    private DescribeGroups() {}

    public static final class Request extends Struct {
        Request(Schema schema) {
            super(schema);
        }

        public List<String> groups() {
            return list(0);
        }

        public Request groups(List<String> value) {
            put(0, value);
            return this;
        }

        public boolean includeAuthorizedOperations() {
            return bool(1);
        }

        public Request includeAuthorizedOperations(boolean value) {
            put(1, value);
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

        public List<Group> groups() {
            return list(1);
        }

        public Group addGroup() {
            return (Group) add(1);
        }

        public static final class Group extends Struct {
            Group(Schema schema) {
                super(schema);
            }

            public int errorCode() {
                return int32(0);
            }

            public Group errorCode(Errors error) {
                put(0, (long) error.code);
                return this;
            }

            public String groupId() {
                return text(1);
            }

            public Group groupId(String value) {
                put(1, value);
                return this;
            }

            public String state() {
                return text(2);
            }

            public Group state(String value) {
                put(2, value);
                return this;
            }

            public String protocolType() {
                return text(3);
            }

            public Group protocolType(String value) {
                put(3, value);
                return this;
            }

            public String protocolName() {
                return text(4);
            }

            public Group protocolName(String value) {
                put(4, value);
                return this;
            }

            public List<Member> members() {
                return list(5);
            }

            public Member addMember() {
                return (Member) add(5);
            }

            public int authorizedOperations() {
                return int32(6);
            }

            public Group authorizedOperations(int value) {
                put(6, (long) value);
                return this;
            }
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

            public String clientId() {
                return text(2);
            }

            public Member clientId(String value) {
                put(2, value);
                return this;
            }

            public String clientHost() {
                return text(3);
            }

            public Member clientHost(String value) {
                put(3, value);
                return this;
            }

            public ByteBuffer metadata() {
                return bytes(4);
            }

            public Member metadata(byte[] value) {
                put(4, ByteBuffer.wrap(value));
                return this;
            }

            public ByteBuffer assignment() {
                return bytes(5);
            }

            public Member assignment(byte[] value) {
                put(5, ByteBuffer.wrap(value));
                return this;
            }
        }
    }
}
