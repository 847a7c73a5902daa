package rotera.protocol;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import rotera.queue.QueueException;

/**
 * What comes over the wire, in both directions: it is refused with an {@link
 * IllegalArgumentException}, or what was read can be written, and is the same when it is read
 * again.
 */
class CodecsFuzzTest {

    /** The first byte says what the others are to be. */
    @FuzzTest
    void codecs(byte[] input) {
        if (input.length == 0) return;
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        MemorySegment source = MemorySegment.ofArray(bytes);
        try {
            switch (input[0] % 5) {
                case 0 -> request(source);
                case 1 -> hello(source);
                case 2 -> helloReply(source);
                case 3 -> error(source);
                default -> description(source);
            }
        } catch (IllegalArgumentException e) {
            // refused
        }
    }

    private static void request(MemorySegment source) {
        if (source.byteSize() < Request.BYTES) return;
        Request request = Request.decode(source, 0);
        MemorySegment again = MemorySegment.ofArray(new byte[Request.BYTES]);
        request.encode(again, 0);
        assertThat(Request.decode(again, 0)).isEqualTo(request);
        if (request instanceof Request.Push push)
            assertThat(push.headBytes()).isBetween(32L, 32 + 4 * 0xffff_ffffL);
        if (request instanceof Request.Stream stream) assertThat(stream.total()).isNotNegative();
    }

    private static void hello(MemorySegment source) {
        if (source.byteSize() < Request.BYTES) return;
        Hello hello = Hello.decode(source, 0);
        MemorySegment again = MemorySegment.ofArray(new byte[Request.BYTES]);
        hello.encode(again, 0);
        assertThat(Hello.decode(again, 0)).isEqualTo(hello);
    }

    private static void helloReply(MemorySegment source) {
        Hello.Reply reply = Hello.Reply.decode(source, 0, (int) source.byteSize());
        // What is no UTF-8 takes up to three bytes for one.
        MemorySegment again = MemorySegment.ofArray(new byte[3 * (int) source.byteSize()]);
        int bytes = reply.encode(again, 0);
        assertThat(Hello.Reply.decode(again, 0, bytes)).isEqualTo(reply);
    }

    private static void error(MemorySegment source) {
        if (source.byteSize() < Frame.HEAD_BYTES) return;
        QueueException error = ErrorReply.decode(source, 0, (int) source.byteSize());
        assertThat(error.getMessage()).isNotNull();
        MemorySegment again = MemorySegment.ofArray(new byte[ErrorReply.MAX_BYTES]);
        int bytes =
                ErrorReply.encode(
                        again, 0, Frame.kind(source, 0), Frame.queue(source, 0), 7, error);
        assertThat(bytes).isBetween(Frame.HEAD_BYTES, ErrorReply.MAX_BYTES);
        assertThat(ErrorReply.decode(again, 0, bytes)).hasSameClassAs(error);
    }

    private static void description(MemorySegment source) {
        QueueInfo info = QueueInfoCodec.decode(source, 0, source.byteSize());
        byte[] again = new byte[QueueInfoCodec.bytes(info)];
        QueueInfoCodec.encode(info, MemorySegment.ofArray(again), 0);
        QueueInfo copy = QueueInfoCodec.decode(MemorySegment.ofArray(again), 0, again.length);
        assertThat(copy).isEqualTo(info);
        byte[] third = new byte[QueueInfoCodec.bytes(copy)];
        QueueInfoCodec.encode(copy, MemorySegment.ofArray(third), 0);
        assertThat(MemorySegment.ofArray(third).toArray(JAVA_BYTE)).isEqualTo(again);
    }
}
