package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A real file system of its own, in an image file, until it is closed. Needs root. */
final class MountedFileSystem implements AutoCloseable {
    private static final long IMAGE_BYTES = 400 << 20;

    private final Path image;
    private final Path point;
    private final List<String> mount;

    /** Aborts the test, saying why, if this machine cannot do it. */
    MountedFileSystem(Path directory, String makeFileSystem, String mount) throws IOException {
        image = directory.resolve("image");
        point = Files.createDirectories(directory.resolve("mounted"));
        for (String name : List.of("lower", "upper", "work", "below"))
            Files.createDirectories(directory.resolve(name));
        this.mount = words(mount, directory);
        if (!makeFileSystem.isEmpty()) {
            assertThat(runQuietly(List.of("truncate", "-s", "" + IMAGE_BYTES, image.toString())))
                    .isEmpty();
            String refused = runQuietly(words(makeFileSystem, directory));
            assumeTrue(refused.isEmpty(), "not tried: " + refused);
        }
        String refused = runQuietly(this.mount);
        assumeTrue(refused.isEmpty(), "not tried: " + refused);
    }

    private List<String> words(String command, Path directory) {
        List<String> words = new ArrayList<>();
        for (String word : command.split(" ", -1))
            words.add(
                    word.replace("IMAGE", image.toString())
                            .replace("POINT", point.toString())
                            .replace("DIR", directory.toString()));
        return words;
    }

    Path directory() {
        return point;
    }

    /**
     * What a power cut does: nothing of what the kernel holds in memory reaches the device any
     * more. False if this file system cannot be made to.
     */
    boolean cutPower() {
        return runQuietly(List.of("xfs_io", "-x", "-c", "shutdown", point.toString())).isEmpty();
    }

    /** Mounts it anew, which repairs what a power cut has left. */
    void mountAgain() {
        unmount();
        assertThat(runQuietly(mount)).isEmpty();
    }

    /** Takes all room that is left, to the last byte. */
    void fill() throws IOException {
        for (String unit : List.of("1M", "4k", "1"))
            runQuietly(
                    List.of(
                            "dd",
                            "if=/dev/zero",
                            "of=" + point.resolve("filler-" + unit),
                            "bs=" + unit,
                            "count=" + (unit.equals("1") ? 100_000 : 1_000_000),
                            "conv=fsync",
                            "status=none"));
        assertThat(Files.size(point.resolve("filler-1M"))).isGreaterThan(100 << 20);
    }

    List<String> names() throws IOException {
        try (var files = Files.list(point)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.equals("lost+found"))
                    .sorted()
                    .toList();
        }
    }

    /** Size and blocks of a file, as {@code stat} tells them. */
    static String room(Path file) {
        return output(List.of("stat", "-c", "%s bytes, %b blocks", file.toString()));
    }

    static String runQuietly(List<String> command) {
        String said = output(command);
        return said.strip();
    }

    /** What it printed, if it failed or had something to say. */
    private static String output(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) return command + " failed: " + output;
            return command.getFirst().equals("stat") ? output.strip() : "";
        } catch (IOException e) {
            return command + ": " + e.getMessage();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void unmount() {
        String refused = runQuietly(List.of("umount", point.toString()));
        if (!refused.isEmpty()) runQuietly(List.of("umount", "-l", point.toString()));
    }

    @Override
    public void close() throws IOException {
        unmount();
        Files.deleteIfExists(image);
    }
}
