package rotera.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells terminals from pipes and files. */
final class Terminal {
    private Terminal() {}

    static boolean isStandardInput() {
        return isTerminal(0);
    }

    static boolean isStandardOutput() {
        return isTerminal(1);
    }

    static boolean isStandardError() {
        return isTerminal(2);
    }

    /** Whether what is written goes to another program. */
    static boolean isPipeOrSocket(int descriptor) {
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
