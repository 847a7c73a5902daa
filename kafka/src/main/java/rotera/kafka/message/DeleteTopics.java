package rotera.kafka.message;

import java.util.List;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class DeleteTopics {
    public static final Api<Request, Response> API = ApiRegistry.typed(20);

    private DeleteTopics() {}

    public static final class Request extends Struct {
        Request(Schema schema) {
            super(schema);
        }

        public List<String> topics() {
            return list(0);
        }

        public Request topics(List<String> value) {
            put(0, value);
            return this;
        }

        public int timeoutMillis() {
            return int32(1);
        }

        public Request timeoutMillis(int value) {
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
        }
    }
}
