package rotera.queue.format;

import java.nio.charset.StandardCharsets;

/**
 * What can change of a queue after its creation: docs/format.md, Registry.
 *
 * @param sequence number of the change that made it
 * @param whenFull what a push does that finds the ring full: 0, which is all that this version
 *     knows, evicts the oldest messages
 */
public record Settings(long sequence, Features features, int whenFull, String name) {
    static final int MAX_NAME_BYTES = 255;

    static Settings ofNew(String name) {
        return new Settings(1, Features.NONE, 0, name);
    }

    /** Those of a change of the name, which is the next one. */
    public Settings renamed(String newName) {
        checkName(newName);
        return new Settings(sequence + 1, features, whenFull, newName);
    }

    public static void checkName(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_NAME_BYTES)
            throw new IllegalArgumentException(
                    "name of " + bytes + " bytes is longer than " + MAX_NAME_BYTES);
    }
}
