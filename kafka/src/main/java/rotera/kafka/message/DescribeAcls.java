package rotera.kafka.message;

import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Schema;
import rotera.kafka.wire.Struct;

/** Made from {@code messages.txt} by {@code MessageGeneratorTest}. */
@SuppressWarnings("SameNameButDifferent") // of request and response
public final class DescribeAcls {
    public static final Api<Request, Response> API = ApiRegistry.typed(29);

    private DescribeAcls() {}

    public static final class Request extends Struct {
        Request(Schema schema) {
            super(schema);
        }

        public int resourceType() {
            return int32(0);
        }

        public Request resourceType(int value) {
            put(0, (long) value);
            return this;
        }

        public @Nullable String resourceName() {
            return nullableText(1);
        }

        public Request resourceName(@Nullable String value) {
            put(1, value);
            return this;
        }

        public int patternType() {
            return int32(2);
        }

        public Request patternType(int value) {
            put(2, (long) value);
            return this;
        }

        public @Nullable String principal() {
            return nullableText(3);
        }

        public Request principal(@Nullable String value) {
            put(3, value);
            return this;
        }

        public @Nullable String host() {
            return nullableText(4);
        }

        public Request host(@Nullable String value) {
            put(4, value);
            return this;
        }

        public int operation() {
            return int32(5);
        }

        public Request operation(int value) {
            put(5, (long) value);
            return this;
        }

        public int permissionType() {
            return int32(6);
        }

        public Request permissionType(int value) {
            put(6, (long) value);
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

        public int errorCode() {
            return int32(1);
        }

        public Response errorCode(Errors error) {
            put(1, (long) error.code);
            return this;
        }

        public @Nullable String errorMessage() {
            return nullableText(2);
        }

        public Response errorMessage(@Nullable String value) {
            put(2, value);
            return this;
        }

        public List<Resource> resources() {
            return list(3);
        }

        public Resource addResource() {
            return (Resource) add(3);
        }

        public static final class Resource extends Struct {
            Resource(Schema schema) {
                super(schema);
            }

            public int resourceType() {
                return int32(0);
            }

            public Resource resourceType(int value) {
                put(0, (long) value);
                return this;
            }

            public String resourceName() {
                return text(1);
            }

            public Resource resourceName(String value) {
                put(1, value);
                return this;
            }

            public int patternType() {
                return int32(2);
            }

            public Resource patternType(int value) {
                put(2, (long) value);
                return this;
            }

            public List<Acl> acls() {
                return list(3);
            }

            public Acl addAcl() {
                return (Acl) add(3);
            }
        }

        public static final class Acl extends Struct {
            Acl(Schema schema) {
                super(schema);
            }

            public String principal() {
                return text(0);
            }

            public Acl principal(String value) {
                put(0, value);
                return this;
            }

            public String host() {
                return text(1);
            }

            public Acl host(String value) {
                put(1, value);
                return this;
            }

            public int operation() {
                return int32(2);
            }

            public Acl operation(int value) {
                put(2, (long) value);
                return this;
            }

            public int permissionType() {
                return int32(3);
            }

            public Acl permissionType(int value) {
                put(3, (long) value);
                return this;
            }
        }
    }
}
