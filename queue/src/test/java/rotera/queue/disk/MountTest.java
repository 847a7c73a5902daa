package rotera.queue.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which file system and device a path lies on, from what the kernel tells. */
class MountTest {
    private static final String TABLE =
            """
            27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,nobarrier
            28 27 0:21 / /proc rw,nosuid - proc proc rw
            40 27 7:0 / /mnt rw,relatime - xfs /dev/loop0 rw,noquota
            41 27 0:39 /sub /mnt/with\\040space rw master:3 propagate_from:2 - fuse.some host:/a rw,user_id=0
            42 27 0:40 / /twice rw - tmpfs none rw
            43 27 0:41 / /twice rw - nfs4 host:/b rw
            """;

    @TempDir Path directory;

    @Test
    void theNearestMountPointAboveCounts() {
        assertThat(find("/mnt/a/55.rot"))
                .isEqualTo(
                        new Mount(
                                Path.of("/mnt"),
                                "xfs",
                                List.of("rw", "relatime", "rw", "noquota"),
                                "7:0",
                                "/dev/loop0"));
        assertThat(find("/mnt/with space/55.rot").type()).isEqualTo("fuse.some");
        assertThat(find("/mntother/55.rot").type()).isEqualTo("ext4");
        assertThat(find("/mntother").options()).contains("nobarrier");
        assertThat(find("/twice/x").type()).isEqualTo("nfs4");
    }

    private static Mount find(String path) {
        return Mount.find(Path.of(path), TABLE.lines()).orElseThrow();
    }

    @Test
    void whereNothingIsMountedThereIsNone() {
        assertThat(Mount.find(Path.of("/a"), "".lines())).isEmpty();
    }

    @Test
    void thisMachineIsKnown() throws IOException {
        assertThat(Mount.of(Path.of("/proc/self")).orElseThrow().type()).isEqualTo("proc");
    }

    @Test
    void thinVolumesAreFoundBelowOthers() throws IOException {
        Path pool = device("dm-0", "LVM-abc-tpool");
        Path thin = device("dm-1", "LVM-def");
        Path encrypted = device("dm-2", "CRYPT-LUKS2-x");
        Path plain = device("dm-3", "LVM-ghi");
        lies(thin, pool);
        lies(encrypted, thin);
        lies(plain, Files.createDirectories(directory.resolve("block/sda")));
        assertThat(in("dm-1").thin()).isTrue();
        assertThat(in("dm-2").thin()).isTrue();
        assertThat(in("dm-3").thin()).isFalse();
        assertThat(in("sda").thin()).isFalse();
    }

    @Test
    void loopDevicesAndTheirPartitionsTellTheirFile() throws IOException {
        Path loop = Files.createDirectories(directory.resolve("block/loop0"));
        Files.createDirectories(loop.resolve("loop"));
        Files.writeString(loop.resolve("loop/backing_file"), "/images/a.img\n");
        Path partition = Files.createDirectories(loop.resolve("loop0p1"));
        Files.createSymbolicLink(directory.resolve("block/259:0"), partition);
        assertThat(in("loop0").loopFile()).contains("/images/a.img");
        assertThat(in("259:0").loopFile()).contains("/images/a.img");
        Files.createDirectories(directory.resolve("block/sda"));
        assertThat(in("sda").loopFile()).isEmpty();
        assertThat(BlockDevice.in(directory.resolve("block"), "0:39")).isEqualTo(Optional.empty());
    }

    private Path device(String name, String uuid) throws IOException {
        Path device = Files.createDirectories(directory.resolve("block").resolve(name));
        Files.createDirectories(device.resolve("dm"));
        Files.writeString(device.resolve("dm/uuid"), uuid + "\n");
        return device;
    }

    private static void lies(Path device, Path below) throws IOException {
        Path slaves = Files.createDirectories(device.resolve("slaves"));
        Files.createSymbolicLink(slaves.resolve(below.getFileName()), below);
    }

    private BlockDevice in(String name) {
        return BlockDevice.in(directory.resolve("block"), name).orElseThrow();
    }
}
