package rotera.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestTest {
    @Test
    void requestsAreLaidOutAsDocumented() {
        assertThat(hex(new Request.Ping(55)))
                .isEqualTo("56cfc5229ebaad44 37000000 00000000 0000000000000000 0000000000000000");
        assertThat(hex(new Request.Commit(0x01020304)))
                .isEqualTo("d477bf06031654fc 04030201 00000000 0000000000000000 0000000000000000");
        assertThat(hex(new Request.Push(-1, 3)))
                .isEqualTo("c61e2a6f92f8bb70 ffffffff 03000000 0000000000000000 0000000000000000");
        assertThat(hex(new Request.Read(1, 2, 0x0102030405060708L)))
                .isEqualTo("65d8b9643366237a 01000000 02000000 0807060504030201 0000000000000000");
        assertThat(hex(new Request.Stream(1, 2, 3, 0x0102030405060708L)))
                .isEqualTo("dd7346c7fd8f4abd 01000000 02000000 0300000000000000 0807060504030201");
    }

    @Test
    void whatIsEncodedIsDecoded() {
        long[] numbers = {0, 1, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE, -1};
        for (int queue : new int[] {0, 55, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
            assertReturns(new Request.Ping(queue));
            assertReturns(new Request.Commit(queue));
            for (long count : new long[] {0, 1, 1L << 31, 0xffff_ffffL})
                assertReturns(new Request.Push(queue, count));
            for (int most : new int[] {0, 1, Request.MAX_REPLY_MESSAGES}) {
                for (long id : numbers) {
                    assertReturns(new Request.Read(queue, most, id));
                    assertReturns(new Request.Stream(queue, most, id, Long.MAX_VALUE));
                }
            }
        }
    }

    @Test
    void countsOfReadsAndStreamsAreUnsignedAndCropped() {
        for (int count : new int[] {Request.MAX_REPLY_MESSAGES + 1, Integer.MIN_VALUE, -1}) {
            assertThat(decode(encode(new Request.Read(1, count, 2))))
                    .isEqualTo(new Request.Read(1, Request.MAX_REPLY_MESSAGES, 2));
            assertThat(decode(encode(new Request.Stream(1, count, 2, 3))))
                    .isEqualTo(new Request.Stream(1, Request.MAX_REPLY_MESSAGES, 2, 3));
        }
    }

    @Test
    void totalsAreUnsigned() {
        for (long total : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            assertThat(decode(encode(new Request.Stream(1, 1, 0, total))))
                    .isEqualTo(new Request.Stream(1, 1, 0, Long.MAX_VALUE));
        }
        assertReturns(new Request.Stream(1, 1, 0, 0));
    }

    @Test
    void theHeadOfAPushNeverOverflows() {
        assertThat(new Request.Push(1, 0).headBytes()).isEqualTo(32);
        assertThat(new Request.Push(1, 3).headBytes()).isEqualTo(44);
        assertThat(new Request.Push(1, 0xffff_ffffL).headBytes()).isEqualTo(17_179_869_212L);
    }

    @Test
    void anOperationThatIsNotKnownIsNoRequest() {
        for (long operation : new long[] {0, -1, Request.PING + 1, Long.reverseBytes(Request.PING)})
            assertReturns(new Request.Unknown(operation));
    }

    @Test
    void fieldsThatAreNotUsedMayHoldAnything() {
        for (Request request :
                List.of(new Request.Ping(7), new Request.Commit(7), new Request.Push(7, 8))) {
            byte[] bytes = encode(request);
            int used = request instanceof Request.Push ? Request.AT_ID : Request.AT_COUNT;
            Arrays.fill(bytes, used, bytes.length, (byte) 0xa5);
            assertThat(decode(bytes)).isEqualTo(request);
        }
        byte[] read = encode(new Request.Read(7, 8, 9));
        Arrays.fill(read, Request.AT_TOTAL, read.length, (byte) 0xa5);
        assertThat(decode(read)).isEqualTo(new Request.Read(7, 8, 9));
    }

    @Test
    void aRequestMayBeginAnywhereAndTouchesNothingElse() {
        Request request = new Request.Stream(1, 2, 3, 4);
        byte[] bytes = new byte[Request.BYTES + 8];
        Arrays.fill(bytes, (byte) 0xa5);
        request.encode(MemorySegment.ofArray(bytes), 3);
        assertThat(Request.decode(MemorySegment.ofArray(bytes), 3)).isEqualTo(request);
        assertThat(Arrays.copyOf(bytes, 3)).containsOnly(0xa5);
        assertThat(Arrays.copyOfRange(bytes, 3 + Request.BYTES, bytes.length)).containsOnly(0xa5);
    }

    @Test
    void aRequestThatIsCutOffCannotBeDecoded() {
        byte[] read = Arrays.copyOf(encode(new Request.Read(1, 2, 3)), Request.AT_TOTAL - 1);
        assertThatThrownBy(() -> decode(read)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static void assertReturns(Request request) {
        assertThat(decode(encode(request))).isEqualTo(request);
    }

    private static Request decode(byte[] bytes) {
        return Request.decode(MemorySegment.ofArray(bytes), 0);
    }

    private static byte[] encode(Request request) {
        byte[] bytes = new byte[Request.BYTES];
        request.encode(MemorySegment.ofArray(bytes), 0);
        return bytes;
    }

    /** The five fields in hexadecimal. */
    private static String hex(Request request) {
        return HexFormat.of()
                .formatHex(encode(request))
                .replaceAll("^(.{16})(.{8})(.{8})(.{16})(.{16})$", "$1 $2 $3 $4 $5");
    }
}
