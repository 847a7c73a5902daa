package rotera.queue.disk;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files that are being made. Until one is complete it is named {@code
 * TARGET.creating-PROCESS-NUMBER} and locked by its process, so that what a killed process left
 * behind can be told from what is under way.
 */
public final class Unfinished {
    private static final String MARK = ".creating-";
    private static final Pattern NAME =
            Pattern.compile(".+\\.creating-([0-9]{1,18})-[0-9a-f]{1,16}");

    /**
     * A process has a file for a moment before it has the lock. So a file that is not locked is
     * left alone for so long if there is a process of that number: numbers come again.
     */
    private static final Duration GRACE = Duration.ofMinutes(1);

    private Unfinished() {}

    /** A name for a file of this process that is to become {@code target}. */
    public static Path beside(Path target) {
        return target.resolveSibling(
                own(target) + Long.toHexString(ThreadLocalRandom.current().nextLong()));
    }

    private static String own(Path target) {
        return target.getFileName() + MARK + ProcessHandle.current().pid() + "-";
    }

    /** Removes what this process has of {@code target}, for one that is told to stop. */
    public static void removeOwn(Path target) throws IOException {
        String begin = own(target);
        for (Path file : list(directory(target)))
            if (String.valueOf(file.getFileName()).startsWith(begin)) Files.deleteIfExists(file);
    }

    /**
     * Removes the files of a directory whose process has ended. One that is locked is left alone,
     * whatever its name.
     *
     * @return what was removed
     */
    public static List<Path> removeDead(Path directory) throws IOException {
        List<Path> removed = new ArrayList<>();
        for (Path file : list(directory)) {
            Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
            if (!name.matches() || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) continue;
            boolean living = ProcessHandle.of(Long.parseLong(name.group(1))).isPresent();
            if (living && isNew(file)) continue;
            if (PosixDisk.deleteUnlocked(file)) removed.add(file);
        }
        return removed;
    }

    private static boolean isNew(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant().isAfter(Instant.now().minus(GRACE));
        } catch (IOException e) {
            return true; // it has just gone
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(
                        directory, file -> String.valueOf(file.getFileName()).contains(MARK))) {
            found.forEach(files::add);
        }
        return files;
    }

    private static Path directory(Path target) throws IOException {
        Path directory = target.toAbsolutePath().getParent();
        if (directory == null) throw new NoSuchFileException(target.toString());
        return directory;
    }
}
