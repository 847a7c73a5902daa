package rotera.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;

/** Finds the process of this machine that listens on a port, if it may be looked at. */
public final class ListeningProcess {
    private static final String LISTENS = "0A";
    private static final int ADDRESS = 1;
    private static final int STATE = 3;
    private static final int SOCKET = 9;

    private ListeningProcess() {}

    /** Empty for a port of another machine, and for a process of another user. */
    public static OptionalLong find(String host, int port) {
        try {
            InetAddress address = InetAddress.getByName(host);
            boolean here =
                    address.isLoopbackAddress()
                            || NetworkInterface.getByInetAddress(address) != null;
            if (!here) return OptionalLong.empty();
            Set<String> sockets = new HashSet<>();
            for (String table : new String[] {"tcp", "tcp6"})
                addSockets(Path.of("/proc/net", table), port, sockets);
            return owner(sockets);
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static void addSockets(Path table, int port, Set<String> sockets) throws IOException {
        if (!Files.isReadable(table)) return;
        String ending = String.format(Locale.ROOT, ":%04X", port);
        for (String line : Files.readAllLines(table)) {
            String[] fields = line.trim().split("\\s+", -1);
            if (fields.length > SOCKET
                    && fields[ADDRESS].endsWith(ending)
                    && fields[STATE].equals(LISTENS))
                sockets.add("socket:[" + fields[SOCKET] + "]");
        }
    }

    private static OptionalLong owner(Set<String> sockets) throws IOException {
        if (sockets.isEmpty()) return OptionalLong.empty();
        try (DirectoryStream<Path> processes =
                Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process.resolve("fd"), sockets))
                    return OptionalLong.of(Long.parseLong(process.getFileName().toString()));
            }
        }
        return OptionalLong.empty();
    }

    private static boolean holds(Path descriptors, Set<String> sockets) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
            for (Path descriptor : open) {
                if (sockets.contains(target(descriptor))) return true;
            }
        } catch (IOException | DirectoryIteratorException e) {
            return false; // it ended, or belongs to another user
        }
        return false;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
