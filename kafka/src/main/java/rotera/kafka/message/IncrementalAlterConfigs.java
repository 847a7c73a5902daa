package rotera.kafka.message;

import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class IncrementalAlterConfigs {
    public static final Api<Request, Response> API = ApiRegistry.typed(44);

    private IncrementalAlterConfigs() {}

    public static final class Request extends Struct {
        Request(Schema schema) {
            super(schema);
        }

        public List<Resource> resources() {
            return list(0);
        }

        public Resource addResource() {
            return (Resource) add(0);
        }

        public boolean validateOnly() {
            return bool(1);
        }

        public Request validateOnly(boolean value) {
            put(1, value);
            return this;
        }

        public static final class Resource extends Struct {
            Resource(Schema schema) {
                super(schema);
            }

            public int type() {
                return int32(0);
            }

            public Resource type(int value) {
                put(0, (long) value);
                return this;
            }

            public String name() {
                return text(1);
            }

            public Resource name(String value) {
                put(1, value);
                return this;
            }

            public List<Config> configs() {
                return list(2);
            }

            public Config addConfig() {
                return (Config) add(2);
            }
        }

        public static final class Config extends Struct {
            Config(Schema schema) {
                super(schema);
            }

            public String name() {
                return text(0);
            }

            public Config name(String value) {
                put(0, value);
                return this;
            }

            public int operation() {
                return int32(1);
            }

            public Config operation(int value) {
                put(1, (long) value);
                return this;
            }

            public @Nullable String value() {
                return nullableText(2);
            }

            public Config value(@Nullable String value) {
                put(2, value);
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

        public List<Resource> resources() {
            return list(1);
        }

        public Resource addResource() {
            return (Resource) add(1);
        }

        public static final class Resource extends Struct {
            Resource(Schema schema) {
                super(schema);
            }

            public int errorCode() {
                return int32(0);
            }

            public Resource errorCode(Errors error) {
                put(0, (long) error.code);
                return this;
            }

            public @Nullable String errorMessage() {
                return nullableText(1);
            }

            public Resource errorMessage(@Nullable String value) {
                put(1, value);
                return this;
            }

            public int type() {
                return int32(2);
            }

            public Resource type(int value) {
                put(2, (long) value);
                return this;
            }

            public String name() {
                return text(3);
            }

            public Resource name(String value) {
                put(3, value);
                return this;
            }
        }
    }
}
