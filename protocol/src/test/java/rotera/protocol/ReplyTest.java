package rotera.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ReplyTest {
    private final byte[] bytes = new byte[Reply.BATCH_BYTES + 8];
    private final MemorySegment segment = MemorySegment.ofArray(bytes);

    @Test
    void aStatusIsLaidOutAsDocumented() {
        Reply.encodeStatus(segment, 0, true, 0x0102030405060708L);
        assertThat(hex(Reply.STATUS_BYTES)).isEqualTo("cced08a57e976360" + "0807060504030201");
        Reply.encodeStatus(segment, 0, false, -1);
        assertThat(hex(Reply.STATUS_BYTES)).isEqualTo("3a8d1255a9914d02" + "ffffffffffffffff");
    }

    @Test
    void aBatchIsLaidOutAsDocumented() {
        Reply.encodeBatch(segment, 0, true, 0x0102030405060708L, 262_144);
        assertThat(hex(Reply.BATCH_BYTES))
                .isEqualTo("cced08a57e976360" + "0807060504030201" + "0000040000000000");
        Reply.encodeBatch(segment, 0, false, Long.MAX_VALUE, 0);
        assertThat(hex(Reply.BATCH_BYTES))
                .isEqualTo("3a8d1255a9914d02" + "ffffffffffffff7f" + "0000000000000000");
    }

    @Test
    void aReplyMayBeginAnywhereAndTouchesNothingElse() {
        Arrays.fill(bytes, (byte) 0xa5);
        Reply.encodeBatch(segment, 3, true, 0, 0);
        assertUntouched(3 + Reply.BATCH_BYTES);
        assertThat(segment.get(Request.U64, 3 + Reply.AT_STATUS)).isEqualTo(Reply.ALIVE);
        assertThat(segment.get(Request.U64, 3 + Reply.AT_FIRST_ID)).isZero();
        assertThat(segment.get(Request.U64, 3 + Reply.AT_MESSAGES)).isZero();

        Arrays.fill(bytes, (byte) 0xa5);
        Reply.encodeStatus(segment, 3, false, 0);
        assertUntouched(3 + Reply.STATUS_BYTES);
        assertThat(segment.get(Request.U64, 3 + Reply.AT_STATUS)).isEqualTo(Reply.SHUTTING_DOWN);
        assertThat(segment.get(Request.U64, 3 + Reply.AT_NEXT)).isZero();
    }

    private void assertUntouched(int end) {
        assertThat(Arrays.copyOf(bytes, 3)).containsOnly(0xa5);
        assertThat(Arrays.copyOfRange(bytes, end, bytes.length)).containsOnly(0xa5);
    }

    private String hex(int length) {
        return HexFormat.of().formatHex(bytes, 0, length);
    }
}
