package rotera.kafka.message;

import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class OffsetCommit {
    public static final Api<Request, Response> API = ApiRegistry.typed(8);

    private OffsetCommit() {}

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

        public long retentionTimeMillis() {
            return int64(4);
        }

        public Request retentionTimeMillis(long value) {
            put(4, value);
            return this;
        }

        public List<Topic> topics() {
            return list(5);
        }

        public Topic addTopic() {
            return (Topic) add(5);
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

            public long committedOffset() {
                return int64(1);
            }

            public Partition committedOffset(long value) {
                put(1, value);
                return this;
            }

            public int committedLeaderEpoch() {
                return int32(2);
            }

            public Partition committedLeaderEpoch(int value) {
                put(2, (long) value);
                return this;
            }

            public @Nullable String committedMetadata() {
                return nullableText(3);
            }

            public Partition committedMetadata(@Nullable String value) {
                put(3, value);
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
