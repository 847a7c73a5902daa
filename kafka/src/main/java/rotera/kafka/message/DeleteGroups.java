package rotera.kafka.message;

import java.util.List;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class DeleteGroups {
    public static final Api<Request, Response> API = ApiRegistry.typed(42);

    private DeleteGroups() {}

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

        public List<Result> results() {
            return list(1);
        }

        public Result addResult() {
            return (Result) add(1);
        }

        public static final class Result extends Struct {
            Result(Schema schema) {
                super(schema);
            }

            public String groupId() {
                return text(0);
            }

            public Result groupId(String value) {
                put(0, value);
                return this;
            }

            public int errorCode() {
                return int32(1);
            }

            public Result errorCode(Errors error) {
                put(1, (long) error.code);
                return this;
            }
        }
    }
}
