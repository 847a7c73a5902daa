package rotera.kafka.message;

import java.util.List;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class DescribeLogDirs {
    public static final Api<Request, Response> API = ApiRegistry.typed(35);

    private DescribeLogDirs() {}

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

            public List<Long> partitions() {
                return list(1);
            }

            public Topic partitions(List<Long> value) {
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

        public List<Directory> directories() {
            return list(1);
        }

        public Directory addDirectory() {
            return (Directory) add(1);
        }

        public static final class Directory extends Struct {
            Directory(Schema schema) {
                super(schema);
            }

            public int errorCode() {
                return int32(0);
            }

            public Directory errorCode(Errors error) {
                put(0, (long) error.code);
                return this;
            }

            public String path() {
                return text(1);
            }

            public Directory path(String value) {
                put(1, value);
                return this;
            }

            public List<Topic> topics() {
                return list(2);
            }

            public Topic addTopic() {
                return (Topic) add(2);
            }
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

            public long sizeBytes() {
                return int64(1);
            }

            public Partition sizeBytes(long value) {
                put(1, value);
                return this;
            }

            public long offsetLag() {
                return int64(2);
            }

            public Partition offsetLag(long value) {
                put(2, value);
                return this;
            }

            public boolean future() {
                return bool(3);
            }

            public Partition future(boolean value) {
                put(3, value);
                return this;
            }
        }
    }
}
