package rotera.queue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rotera.queue.disk.BlockDevice;
import rotera.queue.disk.Mount;
import rotera.queue.disk.PosixDisk;

/**
 * What a rot file lies on, and what that takes from the promises: {@link RotFile} has all of them
 * on ext4 and XFS (docs/operations.md, File systems).
 *
 * @param fileSystem its type, as in {@code mount -t}; "unknown" if it could not be found out
 * @param weaknesses what is promised and does not hold there, with a remedy, in words; none on a
 *     file system that was tried and found to be good
 */
public record Storage(String fileSystem, List<String> weaknesses) {
    private static final String UNKNOWN = "unknown";

    /**
     * Looks at a file, or at the directory where one is to be made. Changes nothing, and fails
     * never: what cannot be found out is a weakness.
     */
    public static Storage of(Path path) {
        try {
            Path existing = path.toAbsolutePath();
            while (!Files.exists(existing) && existing.getParent() != null)
                existing = existing.getParent();
            Optional<Mount> mount = Mount.of(existing);
            if (mount.isPresent()) return of(mount.get(), existing);
        } catch (IOException | RuntimeException e) {
            // Not a reason to refuse a file: that it is not known is said.
        }
        return new Storage(UNKNOWN, List.of(weaknessOf(UNKNOWN)));
    }

    private static Storage of(Mount mount, Path path) throws IOException {
        boolean inPlace = mount.type().equals("btrfs") && PosixDisk.isWrittenInPlace(path);
        List<String> weaknesses = new ArrayList<>(weaknesses(mount, inPlace));
        mount.blockDevice().map(Storage::weaknesses).ifPresent(weaknesses::addAll);
        return new Storage(mount.type(), List.copyOf(weaknesses));
    }

    static List<String> weaknesses(Mount mount, boolean inPlace) {
        List<String> weaknesses = new ArrayList<>();
        if (!inPlace) {
            String weakness = weaknessOf(mount.type());
            if (!weakness.isEmpty()) weaknesses.add(weakness);
        }
        List<String> options = mount.options();
        if (options.contains("nobarrier") || options.contains("barrier=0"))
            weaknesses.add(
                    "it is mounted with nobarrier: a power cut may take what a commit returned, unless the cache of the device survives it; mount it without");
        if (options.contains("volatile"))
            weaknesses.add(
                    "it is mounted volatile, so syncs do nothing: a power cut may take everything; mount it without");
        return weaknesses;
    }

    /** Empty for the file systems that are good. */
    private static String weaknessOf(String type) {
        if (type.startsWith("fuse")) return AWAY;
        return switch (type) {
            case "ext4", "ext3", "xfs" -> "";
            case "btrfs" ->
                    ELSEWHERE
                            + "; chattr +C on the directory, before the file is made, makes it write in place";
            case "bcachefs", "f2fs", "nilfs2", "zfs" -> ELSEWHERE + "; keep room free for it";
            case "nfs",
                    "nfs4",
                    "cifs",
                    "smb3",
                    "smbfs",
                    "9p",
                    "afs",
                    "ceph",
                    "gfs2",
                    "lustre",
                    "ocfs2",
                    "virtiofs",
                    "vboxsf" ->
                    AWAY;
            case "tmpfs", "ramfs" ->
                    "it lies in memory: nothing of it survives a restart of the machine; use a disk, with ext4 or XFS";
            case "overlay" ->
                    "it is the layer of a container, and goes with it; mount a volume with ext4 or XFS there";
            case "ext2", "exfat", "hfs", "minix", "msdos", "vfat" ->
                    "it keeps no journal: a power cut may damage the file system itself; use ext4 or XFS";
            default ->
                    "it was never tried: whether it has real blocks, writes in place, syncs and locks is not known; use ext4 or XFS";
        };
    }

    private static final String ELSEWHERE =
            "it never writes in place, so even a queue of fixed size needs free room: when the disk is full, the queue fails at its next commit";
    private static final String AWAY =
            "another machine or program does the locks and syncs: what a commit returned may be lost, and a second writer not be noticed; use a disk of this machine, with ext4 or XFS";

    static List<String> weaknesses(BlockDevice device) {
        List<String> weaknesses = new ArrayList<>();
        try {
            device.loopFile()
                    .ifPresent(file ->
                            weaknesses.add(
                                    "its device is the file "
                                            + file
                                            + ": if that has holes, or lies on something weaker, a write may fail for want of room"));
            if (device.thin())
                weaknesses.add(
                        "its device is a thin volume: when the pool is full, the queue fails at its next commit; watch the pool, or use a volume with blocks of its own");
        } catch (IOException e) {
            // The file system is known all the same.
        }
        return weaknesses;
    }
}
