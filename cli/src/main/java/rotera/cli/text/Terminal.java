package rotera.cli.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells terminals from pipes and files. */
public final class Terminal {
    private Terminal() {}

    public static boolean isStandardInput() {
        return isTerminal(0);
    }

    public static boolean isStandardOutput() {
        return isTerminal(1);
    }

    public static boolean isStandardError() {
        return isTerminal(2);
    }

    /** Whether what is written goes to another program. */
    public static boolean isPipeOrSocket(int descriptor) {
        String name = name(descriptor);
        return name.startsWith("pipe:") || name.startsWith("socket:");
    }

    private static boolean isTerminal(int descriptor) {
        String name = name(descriptor);
        return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty");
    }

    /** Empty where it cannot be known: plain text is right everywhere. */
    private static String name(int descriptor) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
