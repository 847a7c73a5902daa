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
public final class Produce {
    public static final Api<Request, Response> API = ApiRegistry.typed(0);

    private Produce() {}

    public static final class Request extends Struct {
        Request(Schema schema) {
            super(schema);
        }

        public @Nullable String transactionalId() {
            return nullableText(0);
        }

        public Request transactionalId(@Nullable String value) {
            put(0, value);
            return this;
        }

        public int acks() {
            return int32(1);
        }

        public Request acks(int value) {
            put(1, (long) value);
            return this;
        }

        public int timeoutMillis() {
            return int32(2);
        }

        public Request timeoutMillis(int value) {
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

            public @Nullable ByteBuffer records() {
                return nullableBytes(1);
            }

            public Partition records(byte[] value) {
                put(1, ByteBuffer.wrap(value));
                return this;
            }

            public Partition records(Records value) {
                put(1, value);
                return this;
            }
        }
    }

    public static final class Response extends Struct {
        Response(Schema schema) {
            super(schema);
        }

        public List<Topic> topics() {
            return list(0);
        }

        public Topic addTopic() {
            return (Topic) add(0);
        }

        public int throttleTimeMillis() {
            return int32(1);
        }

        public Response throttleTimeMillis(int value) {
            put(1, (long) value);
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

            public int errorCode() {
                return int32(1);
            }

            public Partition errorCode(Errors error) {
                put(1, (long) error.code);
                return this;
            }

            public long baseOffset() {
                return int64(2);
            }

            public Partition baseOffset(long value) {
                put(2, value);
                return this;
            }

            public long logAppendTimeMillis() {
                return int64(3);
            }

            public Partition logAppendTimeMillis(long value) {
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

            public List<RecordError> recordErrors() {
                return list(5);
            }

            public RecordError addRecordError() {
                return (RecordError) add(5);
            }

            public @Nullable String errorMessage() {
                return nullableText(6);
            }

            public Partition errorMessage(@Nullable String value) {
                put(6, value);
                return this;
            }
        }

        public static final class RecordError extends Struct {
            RecordError(Schema schema) {
                super(schema);
            }

            public int batchIndex() {
                return int32(0);
            }

            public RecordError batchIndex(int value) {
                put(0, (long) value);
                return this;
            }

            public @Nullable String message() {
                return nullableText(1);
            }

            public RecordError message(@Nullable String value) {
                put(1, value);
                return this;
            }
        }
    }
}
