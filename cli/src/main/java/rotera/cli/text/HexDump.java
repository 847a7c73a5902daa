package rotera.cli.text;

import java.util.HexFormat;

/** Bytes for people, sixteen in a line: place, hexadecimal, and what of them is ASCII. */
final class HexDump {
    private static final int WIDTH = 16;
    private static final HexFormat HEX = HexFormat.of();

    private HexDump() {}

    static String of(byte[] bytes) {
        StringBuilder dump = new StringBuilder(bytes.length * 5);
        for (int from = 0; from < bytes.length; from += WIDTH) line(bytes, from, dump);
        return dump.toString();
    }

    private static void line(byte[] bytes, int from, StringBuilder dump) {
        dump.append(HEX.toHexDigits(from, 8)).append(' ');
        int to = Math.min(bytes.length, from + WIDTH);
        for (int i = from; i < from + WIDTH; i++) {
            dump.append(i == from + WIDTH / 2 ? "  " : " ");
            if (i < to) HEX.toHexDigits(dump, bytes[i]);
            else dump.append("  ");
        }
        dump.append("  |");
        for (int i = from; i < to; i++) {
            boolean printable = bytes[i] >= ' ' && bytes[i] < 0x7f;
            dump.append(printable ? (char) bytes[i] : '.');
        }
        dump.append("|\n");
    }
}
