package rotera.kafka.message;

import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class Metadata {
    public static final Api<Request, Response> API = ApiRegistry.typed(3);

    private Metadata() {}

    public static final class Request extends Struct {
        Request(Schema schema) {
            super(schema);
        }

        public List<Topic> topics() {
            return list(0);
        }

        public boolean hasTopics() {
            return !isNull(0);
        }

        public Topic addTopic() {
            return (Topic) add(0);
        }

        public boolean allowAutoTopicCreation() {
            return bool(1);
        }

        public Request allowAutoTopicCreation(boolean value) {
            put(1, value);
            return this;
        }

        public boolean includeClusterAuthorizedOperations() {
            return bool(2);
        }

        public Request includeClusterAuthorizedOperations(boolean value) {
            put(2, value);
            return this;
        }

        public boolean includeTopicAuthorizedOperations() {
            return bool(3);
        }

        public Request includeTopicAuthorizedOperations(boolean value) {
            put(3, value);
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

        public List<Broker> brokers() {
            return list(1);
        }

        public Broker addBroker() {
            return (Broker) add(1);
        }

        public @Nullable String clusterId() {
            return nullableText(2);
        }

        public Response clusterId(@Nullable String value) {
            put(2, value);
            return this;
        }

        public int controllerId() {
            return int32(3);
        }

        public Response controllerId(int value) {
            put(3, (long) value);
            return this;
        }

        public List<Topic> topics() {
            return list(4);
        }

        public Topic addTopic() {
            return (Topic) add(4);
        }

        public int clusterAuthorizedOperations() {
            return int32(5);
        }

        public Response clusterAuthorizedOperations(int value) {
            put(5, (long) value);
            return this;
        }

        public static final class Broker extends Struct {
            Broker(Schema schema) {
                super(schema);
            }

            public int nodeId() {
                return int32(0);
            }

            public Broker nodeId(int value) {
                put(0, (long) value);
                return this;
            }

            public String host() {
                return text(1);
            }

            public Broker host(String value) {
                put(1, value);
                return this;
            }

            public int port() {
                return int32(2);
            }

            public Broker port(int value) {
                put(2, (long) value);
                return this;
            }

            public @Nullable String rack() {
                return nullableText(3);
            }

            public Broker rack(@Nullable String value) {
                put(3, value);
                return this;
            }
        }

        public static final class Topic extends Struct {
            Topic(Schema schema) {
                super(schema);
            }

            public int errorCode() {
                return int32(0);
            }

            public Topic errorCode(Errors error) {
                put(0, (long) error.code);
                return this;
            }

            public String name() {
                return text(1);
            }

            public Topic name(String value) {
                put(1, value);
                return this;
            }

            public boolean isInternal() {
                return bool(2);
            }

            public Topic isInternal(boolean value) {
                put(2, value);
                return this;
            }

            public List<Partition> partitions() {
                return list(3);
            }

            public Partition addPartition() {
                return (Partition) add(3);
            }

            public int authorizedOperations() {
                return int32(4);
            }

            public Topic authorizedOperations(int value) {
                put(4, (long) value);
                return this;
            }
        }

        public static final class Partition extends Struct {
            Partition(Schema schema) {
                super(schema);
            }

            public int errorCode() {
                return int32(0);
            }

            public Partition errorCode(Errors error) {
                put(0, (long) error.code);
                return this;
            }

            public int partition() {
                return int32(1);
            }

            public Partition partition(int value) {
                put(1, (long) value);
                return this;
            }

            public int leaderId() {
                return int32(2);
            }

            public Partition leaderId(int value) {
                put(2, (long) value);
                return this;
            }

            public int leaderEpoch() {
                return int32(3);
            }

            public Partition leaderEpoch(int value) {
                put(3, (long) value);
                return this;
            }

            public List<Long> replicaNodes() {
                return list(4);
            }

            public Partition replicaNodes(List<Long> value) {
                put(4, value);
                return this;
            }

            public List<Long> isrNodes() {
                return list(5);
            }

            public Partition isrNodes(List<Long> value) {
                put(5, value);
                return this;
            }

            public List<Long> offlineReplicas() {
                return list(6);
            }

            public Partition offlineReplicas(List<Long> value) {
                put(6, value);
                return this;
            }
        }
    }
}
