package rotera.kafka.message;

import java.util.List;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class ListGroups {
    public static final Api<Request, Response> API = ApiRegistry.typed(16);

    private ListGroups() {}

    public static final class Request extends Struct {
        Request(Schema schema) {
            super(schema);
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

        public List<Group> groups() {
            return list(2);
        }

        public Group addGroup() {
            return (Group) add(2);
        }

        public static final class Group extends Struct {
            Group(Schema schema) {
                super(schema);
            }

            public String groupId() {
                return text(0);
            }

            public Group groupId(String value) {
                put(0, value);
                return this;
            }

            public String protocolType() {
                return text(1);
            }

            public Group protocolType(String value) {
                put(1, value);
                return this;
            }
        }
    }
}
