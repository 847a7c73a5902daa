package rotera.kafka.message;

import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class LeaveGroup {
    public static final Api<Request, Response> API = ApiRegistry.typed(13);

    private LeaveGroup() {}

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

        public String memberId() {
            return text(1);
        }

        public Request memberId(String value) {
            put(1, value);
            return this;
        }

        public List<Member> members() {
            return list(2);
        }

        public Member addMember() {
            return (Member) add(2);
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

        public List<Member> members() {
            return list(2);
        }

        public Member addMember() {
            return (Member) add(2);
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

            public int errorCode() {
                return int32(2);
            }

            public Member errorCode(Errors error) {
                put(2, (long) error.code);
                return this;
            }
        }
    }
}
