package rotera.client;

import java.nio.file.Path;
import java.util.List;

/**
 * Where a queue is, as people write it, in programs and on the command line:
 *
 * <ul>
 *   <li>{@code FILE}: a path with a slash in it, or with {@code .rot} at its end (also before a
 *       last ending, as in {@code 55.rot.repaired})
 *   <li>{@code QUEUE}: number or name of a queue on a server of this machine, port 8245
 *   <li>{@code HOST:PORT/QUEUE} or {@code HOST:PORT,HOST:PORT/QUEUE}: on another server, the first
 *       of them that answers; an IPv6 address in brackets
 *   <li>{@code unix:PATH/QUEUE} and {@code kafka://HOST:PORT/TOPIC}: not supported yet
 * </ul>
 *
 * A file with the name of an address is written with {@code ./} before it.
 */
public sealed interface QueueAddress {

    /** Largest number that a queue of a server can have. */
    long MAX_NUMBER = 0xffff_ffffL;

    /** A file of this machine. */
    record InFile(Path path) implements QueueAddress {}

    /**
     * A queue of a server.
     *
     * @param servers in the order in which they are tried; empty for the one of this machine
     * @param queue number or name
     */
    record OnServer(List<Server> servers, String queue) implements QueueAddress {
        public OnServer {
            servers = List.copyOf(servers);
        }
    }

    /** A server. */
    record Server(String host, int port) {
        @Override
        public String toString() {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException if it is none, or of a kind that is not supported
     */
    static QueueAddress parse(String text) {
        return AddressParser.parse(text);
    }

    /**
     * Reads the number of a queue.
     *
     * @throws IllegalArgumentException if it is none
     */
    static long number(String text) {
        return AddressParser.number(text);
    }
}
