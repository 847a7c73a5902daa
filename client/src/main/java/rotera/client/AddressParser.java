package rotera.client;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The grammar of {@link QueueAddress}. */
final class AddressParser {
    private static final Pattern UNSUPPORTED = Pattern.compile("(unix|kafka):.*");
    private static final String SERVER = "(\\[[0-9a-zA-Z:.%]+]|[^\\[\\]/:,\\s]+):[0-9]{1,5}";
    private static final Pattern ON_SERVERS =
            Pattern.compile("(?<servers>" + SERVER + "(," + SERVER + ")*)/(?<queue>[^/]+)");
    private static final Pattern FILE = Pattern.compile("/|\\.rot(\\.[^.]*)?$");

    private AddressParser() {}

    static QueueAddress parse(String text) {
        if (text.isBlank())
            throw new IllegalArgumentException("an empty text is not the name of a queue");
        if (UNSUPPORTED.matcher(text).matches()) throw unsupported(text);
        Matcher onServers = ON_SERVERS.matcher(text);
        if (onServers.matches())
            return new QueueAddress.OnServer(
                    servers(onServers.group("servers"), text), queue(onServers.group("queue")));
        if (FILE.matcher(text).find()) return new QueueAddress.InFile(path(text));
        return new QueueAddress.OnServer(List.of(), queue(text));
    }

    private static IllegalArgumentException unsupported(String text) {
        String kind = text.substring(0, text.indexOf(':') + 1);
        return new IllegalArgumentException(
                "'%s': addresses of the kind %s are not supported yet: write HOST:PORT/QUEUE, or ./%s for a file"
                        .formatted(text, kind, text));
    }

    static long number(String text) {
        try {
            long number = Long.parseLong(text);
            if (number >= 0 && number <= QueueAddress.MAX_NUMBER) return number;
        } catch (NumberFormatException e) {
            // The same message as for a number that is out of range.
        }
        throw new IllegalArgumentException(
                "'"
                        + text
                        + "' is neither the number of a queue (0 to "
                        + QueueAddress.MAX_NUMBER
                        + ") nor a file (write ./NAME or NAME.rot)");
    }

    private static String queue(String text) {
        // A minus is that of an option, or of a number.
        boolean digits = text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits || text.startsWith("-") ? Long.toString(number(text)) : text;
    }

    private static List<QueueAddress.Server> servers(String servers, String text) {
        return Arrays.stream(servers.split(",", -1)).map(server -> server(server, text)).toList();
    }

    private static QueueAddress.Server server(String server, String text) {
        int colon = server.lastIndexOf(':');
        int port = Integer.parseInt(server.substring(colon + 1));
        if (port < 1 || port > 65_535)
            throw new IllegalArgumentException(
                    "'" + text + "': port=" + port + " is not within 1 and 65535");
        String host = server.substring(0, colon);
        return new QueueAddress.Server(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port);
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a file name: " + e.getReason(), e);
        }
    }
}
