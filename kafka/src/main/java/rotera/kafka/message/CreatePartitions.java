package rotera.kafka.message;

import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class CreatePartitions {
    public static final Api<Request, Response> API = ApiRegistry.typed(37);

    private CreatePartitions() {}

    public static final class Request extends Struct {
        Request(Schema schema) {
            super(schema);
        }

        public List<Topic> topics() {
            return list(0);
        }

        public Topic addTopic() {
            return (Topic) add(0);
        }

        public int timeoutMillis() {
            return int32(1);
        }

        public Request timeoutMillis(int value) {
            put(1, (long) value);
            return this;
        }

        public boolean validateOnly() {
            return bool(2);
        }

        public Request validateOnly(boolean value) {
            put(2, value);
            return this;
        }

        public static final class Topic extends Struct {
            Topic(Schema schema) {
                super(schema);
            }

            public String name() {
                return text(0);
            }

            public Topic name(String value) {
                put(0, value);
                return this;
            }

            public int count() {
                return int32(1);
            }

            public Topic count(int value) {
                put(1, (long) value);
                return this;
            }

            public List<Assignment> assignments() {
                return list(2);
            }

            public boolean hasAssignments() {
                return !isNull(2);
            }

            public Assignment addAssignment() {
                return (Assignment) add(2);
            }
        }

        public static final class Assignment extends Struct {
            Assignment(Schema schema) {
                super(schema);
            }

            public List<Long> brokers() {
                return list(0);
            }

            public Assignment brokers(List<Long> value) {
                put(0, value);
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

        public List<Topic> topics() {
            return list(1);
        }

        public Topic addTopic() {
            return (Topic) add(1);
        }

        public static final class Topic extends Struct {
            Topic(Schema schema) {
                super(schema);
            }

            public String name() {
                return text(0);
            }

            public Topic name(String value) {
                put(0, value);
                return this;
            }

            public int errorCode() {
                return int32(1);
            }

            public Topic errorCode(Errors error) {
                put(1, (long) error.code);
                return this;
            }

            public @Nullable String errorMessage() {
                return nullableText(2);
            }

            public Topic errorMessage(@Nullable String value) {
                put(2, value);
                return this;
            }
        }
    }
}
