package rotera.queue.disk;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A block device, as {@code /sys/dev/block} describes it. */
public final class BlockDevice {
    private static final int MOST_LAYERS = 8;
    private static final String LVM_THIN_POOL = "-tpool";

    private final Path directory;

    private BlockDevice(Path directory) {
        this.directory = directory;
    }

    /** The device of these numbers; empty if there is none, or if it cannot be looked at. */
    public static Optional<BlockDevice> of(String majorMinor) {
        return in(Path.of("/sys/dev/block"), majorMinor);
    }

    static Optional<BlockDevice> in(Path devices, String majorMinor) {
        try {
            return Optional.of(new BlockDevice(devices.resolve(majorMinor).toRealPath()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The file that stands for a loop device, or for the whole that this is a partition of. */
    public Optional<String> loopFile() throws IOException {
        for (String name : new String[] {"loop/backing_file", "../loop/backing_file"}) {
            Path file = directory.resolve(name);
            if (Files.exists(file)) return Optional.of(Files.readString(file).strip());
        }
        return Optional.empty();
    }

    /** Whether it takes its blocks from a pool only when they are written: a thin volume of LVM. */
    public boolean thin() throws IOException {
        return onThinPool(directory, MOST_LAYERS);
    }

    /** A volume may lie on others, encrypted for example. */
    private static boolean onThinPool(Path device, int layers) throws IOException {
        Path uuid = device.resolve("dm/uuid");
        if (Files.exists(uuid) && Files.readString(uuid).strip().endsWith(LVM_THIN_POOL))
            return true;
        Path below = device.resolve("slaves");
        if (layers == 0 || !Files.isDirectory(below)) return false;
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(below)) {
            for (Path one : devices) if (onThinPool(one.toRealPath(), layers - 1)) return true;
        }
        return false;
    }
}
