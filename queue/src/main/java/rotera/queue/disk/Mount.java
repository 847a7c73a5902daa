package rotera.queue.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The file system that a path lies on, as {@code /proc/self/mountinfo} describes it (proc(5)).
 *
 * @param point where it is mounted
 * @param type its name, as in {@code mount -t}
 * @param options how it is mounted
 * @param device major and minor number of its device, {@code 0:N} if the kernel tells none
 * @param source what was mounted: the name of a device, or anything else
 */
public record Mount(Path point, String type, List<String> options, String device, String source) {

    /** The one that holds this file or directory; empty where there is no proc file system. */
    public static Optional<Mount> of(Path path) throws IOException {
        Path table = Path.of("/proc/self/mountinfo");
        if (!Files.exists(table)) return Optional.empty();
        String lines = new String(Files.readAllBytes(table), StandardCharsets.UTF_8);
        return find(path.toRealPath(), lines.lines());
    }

    /** Its device. That of btrfs, which may lie on several, only has a name. */
    public Optional<BlockDevice> blockDevice() throws IOException {
        Path name = Path.of(source);
        if (!device.startsWith("0:") || !name.startsWith("/dev") || !Files.exists(name))
            return BlockDevice.of(device);
        long number = ((Number) Files.getAttribute(name, "unix:rdev")).longValue();
        long major = (number >> 8) & 0xfff;
        long minor = (number & 0xff) | ((number >> 12) & 0xfff00);
        return BlockDevice.of(major + ":" + minor);
    }

    /**
     * The mount whose point is nearest above; of several on one point the last one hides others.
     */
    static Optional<Mount> find(Path path, Stream<String> lines) {
        return lines.map(Mount::parse)
                .filter(mount -> path.startsWith(mount.point))
                .reduce((before, mount) ->
                        mount.point.getNameCount() >= before.point.getNameCount() ? mount : before);
    }

    /** {@code id parent device root point options optional... - type source options}. */
    private static Mount parse(String line) {
        List<String> words = List.of(line.split(" ", -1));
        int dash = words.indexOf("-");
        List<String> options = new ArrayList<>(List.of(words.get(5).split(",", -1)));
        options.addAll(List.of(words.getLast().split(",", -1)));
        return new Mount(
                Path.of(unescaped(words.get(4))),
                words.get(dash + 1),
                options,
                words.get(2),
                unescaped(words.get(dash + 2)));
    }

    private static String unescaped(String name) {
        return name.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
