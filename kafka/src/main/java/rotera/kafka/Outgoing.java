package rotera.kafka;

import java.nio.ByteBuffer;
import rotera.kafka.request.ConnectionBuffers;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.Budget;
import rotera.kafka.wire.Bytes;
import rotera.kafka.wire.ResponseWriter;
import rotera.kafka.wire.Struct;

/** The response that is sent next, as bytes. Belongs to the connection's thread. */
final class Outgoing implements AutoCloseable {
    private final Bytes bytes;

    Outgoing(Budget memory) {
        bytes = new Bytes(ConnectionBuffers.SMALL_BYTES, memory);
    }

    /** Makes the response what is to be sent. */
    void write(Api<?, ?> api, RequestHead head, Struct response) {
        bytes.length(0);
        bytes.put32(0).put32(head.correlation());
        try {
            ResponseWriter.write(response, head.version(), bytes);
        } catch (IllegalStateException e) {
            throw new IllegalStateException("the response to " + api + ": " + e.getMessage(), e);
        }
        bytes.view().putInt(0, bytes.length() - 4);
    }

    ByteBuffer content() {
        return bytes.view().duplicate().flip();
    }

    /** Gives back memory that is not needed now; all of it if nothing is to be kept. */
    void rest(boolean all) {
        bytes.length(0);
        bytes.shrink(all ? ConnectionBuffers.SMALL_BYTES : ConnectionBuffers.KEPT_BYTES);
    }

    @Override
    public void close() {
        bytes.close();
    }
}
