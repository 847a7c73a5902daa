package rotera.kafka;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import rotera.kafka.wire.Budget;
import rotera.kafka.wire.Bytes;
import rotera.kafka.wire.NamedStruct;
import rotera.kafka.wire.ResponseWriter;
import rotera.kafka.wire.Struct;

/** Sends single requests and bytes; fails after ten seconds without an answer. */
final class RawClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    final Socket socket;
    private int correlation;

    RawClient(Broker broker) throws IOException {
        this(broker.listener().port());
    }

    RawClient(int port) throws IOException {
        this(port, InetAddress.getLoopbackAddress());
    }

    /** From an address of this machine. */
    RawClient(int port, InetAddress address) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port, address, 0));
    }

    /** The kernel takes some KiB for it and no more. */
    static RawClient thatTakesLittle(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new RawClient(socket);
    }

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
    }

    static NamedStruct request(String api) {
        return NamedStruct.request(api);
    }

    /** Sends a request and receives its answer. */
    NamedStruct ask(String api, int version, NamedStruct body) throws IOException {
        send(api, version, body);
        return answer(api, version);
    }

    void send(String api, int version, NamedStruct body) throws IOException {
        send(frame(NamedStruct.api(api).key(), version, ++correlation, body));
    }

    static byte[] frame(int key, int version, int correlation, Struct body) {
        try (Bytes output = new Bytes(64, new Budget("tests", 64 << 20))) {
            output.put32(0).put16(key).put16(version).put32(correlation).put16(4);
            output.put("test".getBytes(StandardCharsets.UTF_8));
            ResponseWriter.write(body, version, output);
            output.view().putInt(0, output.length() - 4);
            byte[] bytes = new byte[output.length()];
            output.view().duplicate().flip().get(bytes);
            return bytes;
        }
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    NamedStruct answer(String api, int version) throws IOException {
        ByteBuffer frame = ByteBuffer.wrap(frame());
        frame.getInt(); // correlation
        return NamedStruct.readResponse(api, version, frame);
    }

    /** An answer without its length. */
    byte[] frame() throws IOException {
        DataInputStream input = new DataInputStream(socket.getInputStream());
        byte[] frame = new byte[input.readInt()];
        input.readFully(frame);
        return frame;
    }

    /** Whether the server has closed the connection, or does so soon. */
    boolean isClosed() throws IOException {
        try {
            frame();
            return false;
        } catch (EOFException | java.net.SocketException e) {
            return true;
        }
    }

    /** Produces to partition 0; the result for it. */
    NamedStruct produce(String topic, byte[] records) throws IOException {
        return produce(topic, 0, 8, -1, records);
    }

    NamedStruct produce(String topic, int partition, int version, int acks, byte[] records)
            throws IOException {
        return result(ask("Produce", version, produceRequest(topic, partition, acks, records)));
    }

    /** What an answer says of its first partition. */
    static NamedStruct result(NamedStruct answer) {
        return answer.structs("topics").getFirst().structs("partitions").getFirst();
    }

    static NamedStruct produceRequest(String topic, int partition, int acks, byte[] records) {
        NamedStruct request =
                request("Produce")
                        .set("transactionalId", (String) null)
                        .set("acks", acks)
                        .set("timeoutMillis", 1000);
        request.add("topics")
                .set("name", topic)
                .add("partitions")
                .set("partition", partition)
                .set("records", records);
        return request;
    }

    static NamedStruct fetchRequest(String topic, long offset, int maxBytes) {
        NamedStruct request =
                request("Fetch")
                        .set("replicaId", -1)
                        .set("minBytes", 1)
                        .set("maxBytes", maxBytes)
                        .set("sessionEpoch", -1);
        request.add("topics")
                .set("name", topic)
                .add("partitions")
                .set("fetchOffset", offset)
                .set("maxBytes", maxBytes);
        return request;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
