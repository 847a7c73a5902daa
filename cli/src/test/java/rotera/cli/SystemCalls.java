package rotera.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What strace wrote down of a process: its writes to one file, its syncs of it, and what it sent to
 * sockets, in the order in which they began and ended.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
final class SystemCalls {
    private static final Pattern LINE =
            Pattern.compile("(\\d+)\\s+(?:(?:<\\.\\.\\. (\\w+) resumed>(.*))|(?:(\\w+)\\((.*)))$");
    private static final Pattern STRING = Pattern.compile("\"((?:\\\\x[0-9a-f]{2})*)\"");
    private static final Pattern RESULT = Pattern.compile("\\) *= (-?\\d+).*$");

    /** What happened, in order. */
    sealed interface Event {}

    /** A write to the file began. */
    record Write(long offset, byte[] bytes) implements Event {}

    /** It ended: it is in the cache of the system now. */
    record Written(Write write) implements Event {}

    record SyncBegun(int thread) implements Event {}

    /** A sync that began in this thread ended. */
    record Synced(int thread, boolean succeeded) implements Event {}

    /** Something went to a socket. */
    record Sent(byte[] bytes) implements Event {}

    private SystemCalls() {}

    /** The command that writes the file down, in front of the program. */
    static List<String> recorder(Path log) {
        return List.of(
                "strace",
                "-f",
                "-y",
                "-xx",
                "-s",
                Integer.toString(4 << 20),
                "-e",
                "trace=pwrite64,write,writev,sendto,sendmsg,fdatasync,fsync",
                "-e",
                "signal=none",
                "-o",
                log.toString());
    }

    static List<Event> read(Path log, String fileName) throws IOException {
        List<Event> events = new ArrayList<>();
        Map<Integer, Write> writing = new HashMap<>();
        Map<Integer, Boolean> syncing = new HashMap<>();
        for (String line : Files.readAllLines(log, StandardCharsets.ISO_8859_1)) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) continue;
            int thread = Integer.parseInt(matcher.group(1));
            String rest;
            if (matcher.group(2) == null) {
                rest = matcher.group(5);
                begin(events, matcher.group(4), rest, fileName, thread, writing, syncing);
                if (rest.endsWith("<unfinished ...>")) continue;
            } else {
                rest = matcher.group(3);
            }
            end(events, rest, thread, writing, syncing);
        }
        return events;
    }

    private static void begin(
            List<Event> events,
            String call,
            String arguments,
            String fileName,
            int thread,
            Map<Integer, Write> writing,
            Map<Integer, Boolean> syncing) {
        boolean ofFile = decodedPath(arguments).endsWith("/" + fileName);
        switch (call) {
            case "pwrite64" -> {
                if (!ofFile) return;
                Matcher string = STRING.matcher(arguments);
                if (!string.find()) throw new AssertionError("no bytes in " + arguments);
                byte[] bytes = bytes(string.group(1));
                String[] numbers =
                        arguments
                                .substring(string.end())
                                .replaceAll("[)=<].*$", "")
                                .replaceFirst("^, ", "")
                                .split(", ", -1);
                if (Integer.parseInt(numbers[0].strip()) != bytes.length)
                    throw new AssertionError("cut short: " + arguments.length());
                Write write = new Write(Long.parseLong(numbers[1].strip()), bytes);
                events.add(write);
                writing.put(thread, write);
            }
            case "fdatasync", "fsync" -> {
                if (!ofFile) return;
                events.add(new SyncBegun(thread));
                syncing.put(thread, true);
            }
            case "write", "writev", "sendto", "sendmsg" -> {
                if (!decodedPath(arguments).startsWith("TCP")
                        && !decodedPath(arguments).startsWith("socket")) return;
                Matcher string = STRING.matcher(arguments);
                string.region(arguments.indexOf('>') + 1, arguments.length());
                while (string.find()) events.add(new Sent(bytes(string.group(1))));
            }
            default -> {}
        }
    }

    private static void end(
            List<Event> events,
            String rest,
            int thread,
            Map<Integer, Write> writing,
            Map<Integer, Boolean> syncing) {
        Write write = writing.remove(thread);
        boolean sync = syncing.remove(thread) != null;
        if (write == null && !sync) return;
        Matcher result = RESULT.matcher(rest);
        if (!result.find()) return; // killed in the middle
        long value = Long.parseLong(result.group(1));
        if (sync) events.add(new Synced(thread, value == 0));
        if (write == null) return;
        if (value != write.bytes.length) throw new AssertionError("a short write");
        events.add(new Written(write));
    }

    /** What the descriptor, the first argument, stands for. */
    private static String decodedPath(String arguments) {
        int from = arguments.indexOf('<');
        int to = arguments.indexOf('>', from);
        if (from < 0 || to < 0) return "";
        String path = arguments.substring(from + 1, to);
        if (!path.startsWith("\\x")) return path;
        return new String(bytes(path), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String escaped) {
        byte[] bytes = new byte[escaped.length() / 4];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] =
                    (byte)
                            (Character.digit(escaped.charAt(4 * i + 2), 16) << 4
                                    | Character.digit(escaped.charAt(4 * i + 3), 16));
        }
        return bytes;
    }
}
