package rotera.queue.format;

import static rotera.queue.buffer.LittleEndian.U32;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Bits that say what a file makes use of: docs/format.md, Feature bits. This version knows their
 * names, and makes use of none.
 *
 * @param refuse a program that does not know one of these leaves the file alone
 * @param readOnly a program that does not know one of these only reads
 * @param ignore a program that does not know one of these goes on
 */
public record Features(int refuse, int readOnly, int ignore) {
    public static final int BYTES = 12;
    public static final Features NONE = new Features(0, 0, 0);

    static final int GAPS = 1;
    static final int KEY_COPIES = 2;
    public static final int CONSUMERS = 1;
    public static final int WHEN_FULL_REFUSE = 2;

    private static final List<String> REFUSE_NAMES =
            List.of("gaps of ids", "copies of a key's newest message");
    private static final List<String> READ_ONLY_NAMES =
            List.of("named consumers", "when-full=refuse");

    /** What any of the two has. */
    public Features and(Features other) {
        return new Features(
                refuse | other.refuse, readOnly | other.readOnly, ignore | other.ignore);
    }

    public void encode(MemorySegment target, long at) {
        target.set(U32, at, refuse);
        target.set(U32, at + 4, readOnly);
        target.set(U32, at + 8, ignore);
    }

    public static Features decode(MemorySegment source, long at) {
        return new Features(source.get(U32, at), source.get(U32, at + 4), source.get(U32, at + 8));
    }

    /** What makes a program of this version leave the file alone, in words; mostly nothing. */
    public List<String> refused() {
        return words(refuse, "refuseBits", REFUSE_NAMES);
    }

    /** What makes a program of this version only read it, in words; mostly nothing. */
    public List<String> onlyRead() {
        return words(readOnly, "readOnlyBits", READ_ONLY_NAMES);
    }

    private static List<String> words(int bits, String field, List<String> names) {
        List<String> words = new ArrayList<>();
        for (int bit = 0; bit < 32; bit++) {
            if ((bits & 1 << bit) == 0) continue;
            String name = bit < names.size() ? names.get(bit) : "a feature";
            words.add("%s (bit %d of %s)".formatted(name, bit, field));
        }
        return words;
    }
}
