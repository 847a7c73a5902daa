package rotera.kafka.message;

import java.util.List;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class OffsetDelete {
    public static final Api<Request, Response> API = ApiRegistry.typed(47);

    private OffsetDelete() {}

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

            public List<Partition> partitions() {
                return list(1);
            }

            public Partition addPartition() {
                return (Partition) add(1);
            }
        }

        public static final class Partition extends Struct {
            Partition(Schema schema) {
                super(schema);
            }

            public int partition() {
                return int32(0);
            }

            public Partition partition(int value) {
                put(0, (long) value);
                return this;
            }
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

        public int throttleTimeMillis() {
            return int32(1);
        }

        public Response throttleTimeMillis(int value) {
            put(1, (long) value);
            return this;
        }

        public List<Topic> topics() {
            return list(2);
        }

        public Topic addTopic() {
            return (Topic) add(2);
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

            public List<Partition> partitions() {
                return list(1);
            }

            public Partition addPartition() {
                return (Partition) add(1);
            }
        }

        public static final class Partition extends Struct {
            Partition(Schema schema) {
                super(schema);
            }

            public int partition() {
                return int32(0);
            }

            public Partition partition(int value) {
                put(0, (long) value);
                return this;
            }

            public int errorCode() {
                return int32(1);
            }

            public Partition errorCode(Errors error) {
                put(1, (long) error.code);
                return this;
            }
        }
    }
}
