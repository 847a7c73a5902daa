package rotera.kafka.message;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Records;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class Fetch {
    public static final Api<Request, Response> API = ApiRegistry.typed(1);

    private Fetch() {}

    public static final class Request extends Struct {
        Request(Schema schema) {
            super(schema);
        }

        public int replicaId() {
            return int32(0);
        }

        public Request replicaId(int value) {
            put(0, (long) value);
            return this;
        }

        public int maxWaitMillis() {
            return int32(1);
        }

        public Request maxWaitMillis(int value) {
            put(1, (long) value);
            return this;
        }

        public int minBytes() {
            return int32(2);
        }

        public Request minBytes(int value) {
            put(2, (long) value);
            return this;
        }

        public int maxBytes() {
            return int32(3);
        }

        public Request maxBytes(int value) {
            put(3, (long) value);
            return this;
        }

        public int isolationLevel() {
            return int32(4);
        }

        public Request isolationLevel(int value) {
            put(4, (long) value);
            return this;
        }

        public int sessionId() {
            return int32(5);
        }

        public Request sessionId(int value) {
            put(5, (long) value);
            return this;
        }

        public int sessionEpoch() {
            return int32(6);
        }

        public Request sessionEpoch(int value) {
            put(6, (long) value);
            return this;
        }

        public List<Topic> topics() {
            return list(7);
        }

        public Topic addTopic() {
            return (Topic) add(7);
        }

        public List<ForgottenTopic> forgottenTopics() {
            return list(8);
        }

        public ForgottenTopic addForgottenTopic() {
            return (ForgottenTopic) add(8);
        }

        public String rackId() {
            return text(9);
        }

        public Request rackId(String value) {
            put(9, value);
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

            public int currentLeaderEpoch() {
                return int32(1);
            }

            public Partition currentLeaderEpoch(int value) {
                put(1, (long) value);
                return this;
            }

            public long fetchOffset() {
                return int64(2);
            }

            public Partition fetchOffset(long value) {
                put(2, value);
                return this;
            }

            public long logStartOffset() {
                return int64(3);
            }

            public Partition logStartOffset(long value) {
                put(3, value);
                return this;
            }

            public int maxBytes() {
                return int32(4);
            }

            public Partition maxBytes(int value) {
                put(4, (long) value);
                return this;
            }
        }

        public static final class ForgottenTopic extends Struct {
            ForgottenTopic(Schema schema) {
                super(schema);
            }

            public String name() {
                return text(0);
            }

            public ForgottenTopic name(String value) {
                put(0, value);
                return this;
            }

            public List<Long> partitions() {
                return list(1);
            }

            public ForgottenTopic partitions(List<Long> value) {
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

        public int sessionId() {
            return int32(2);
        }

        public Response sessionId(int value) {
            put(2, (long) value);
            return this;
        }

        public List<Topic> topics() {
            return list(3);
        }

        public Topic addTopic() {
            return (Topic) add(3);
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

            public long highWatermark() {
                return int64(2);
            }

            public Partition highWatermark(long value) {
                put(2, value);
                return this;
            }

            public long lastStableOffset() {
                return int64(3);
            }

            public Partition lastStableOffset(long value) {
                put(3, value);
                return this;
            }

            public long logStartOffset() {
                return int64(4);
            }

            public Partition logStartOffset(long value) {
                put(4, value);
                return this;
            }

            public List<AbortedTransaction> abortedTransactions() {
                return list(5);
            }

            public boolean hasAbortedTransactions() {
                return !isNull(5);
            }

            public AbortedTransaction addAbortedTransaction() {
                return (AbortedTransaction) add(5);
            }

            public int preferredReadReplica() {
                return int32(6);
            }

            public Partition preferredReadReplica(int value) {
                put(6, (long) value);
                return this;
            }

            public @Nullable ByteBuffer records() {
                return nullableBytes(7);
            }

            public Partition records(byte[] value) {
                put(7, ByteBuffer.wrap(value));
                return this;
            }

            public Partition records(Records value) {
                put(7, value);
                return this;
            }
        }

        public static final class AbortedTransaction extends Struct {
            AbortedTransaction(Schema schema) {
                super(schema);
            }

            public long producerId() {
                return int64(0);
            }

            public AbortedTransaction producerId(long value) {
                put(0, value);
                return this;
            }

            public long firstOffset() {
                return int64(1);
            }

            public AbortedTransaction firstOffset(long value) {
                put(1, value);
                return this;
            }
        }
    }
}
