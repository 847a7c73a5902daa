package rotera.cli.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import rotera.server.Log;

/**
 * Text for a terminal out of bytes that anybody may have pushed: what is no printable character in
 * UTF-8 is written as an escape, so that no message moves the cursor, changes colours, or looks
 * like something else.
 */
public final class TerminalEscaper {
    private TerminalEscaper() {}

    public static String of(byte[] bytes) {
        CharsetDecoder decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer from = ByteBuffer.wrap(bytes);
        CharBuffer text = CharBuffer.allocate(bytes.length);
        StringBuilder harmless = new StringBuilder(bytes.length);
        while (true) {
            CoderResult result = decoder.decode(from, text, true);
            append(text.flip(), harmless);
            text.clear();
            if (!result.isError()) return harmless.toString();
            for (int i = 0; i < result.length(); i++) escapeByte(from.get() & 0xff, harmless);
        }
    }

    public static String of(String text) {
        StringBuilder harmless = new StringBuilder(text.length());
        append(text, harmless);
        return harmless.toString();
    }

    private static void append(CharSequence text, StringBuilder to) {
        text.codePoints().forEach(character -> append(character, to));
    }

    /** As in logs, but for controls of ASCII, which are bytes here. */
    private static void append(int character, StringBuilder to) {
        boolean isControl = character < 0x80 && Character.isISOControl(character);
        if (isControl && "\t\n\r".indexOf(character) < 0) escapeByte(character, to);
        else Log.appendEscaped(character, to);
    }

    private static void escapeByte(int value, StringBuilder to) {
        to.append(String.format(Locale.ROOT, "\\x%02x", value));
    }
}
