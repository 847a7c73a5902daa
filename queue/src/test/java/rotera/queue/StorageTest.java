package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.queue.disk.Mount;

/** What each file system takes from the promises. */
class StorageTest {

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "ext3", "xfs"})
    void theseHoldEverything(String type) {
        assertThat(weaknesses(type, "rw")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "btrfs, chattr +C",
        "zfs, never writes in place",
        "bcachefs, never writes in place",
        "f2fs, never writes in place",
        "nfs4, another machine",
        "cifs, another machine",
        "9p, another machine",
        "ceph, another machine",
        "fuse, another machine",
        "fuseblk, another machine",
        "fuse.sshfs, another machine",
        "tmpfs, in memory",
        "ramfs, in memory",
        "overlay, container",
        "ext2, no journal",
        "vfat, no journal",
        "ntfs3, never tried",
        "unheardof, never tried"
    })
    void theseWeakenSomething(String type, String what) {
        assertThat(weaknesses(type, "rw")).singleElement().asString().contains(what);
    }

    @Test
    void aFileOfBtrfsThatIsWrittenInPlaceIsGood() {
        assertThat(Storage.weaknesses(mount("btrfs", "rw"), true)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"ext4, nobarrier", "ext3, barrier=0", "overlay, volatile"})
    void mountsWithoutSyncsAreNamed(String type, String option) {
        assertThat(weaknesses(type, option)).last().asString().contains("a power cut may take");
    }

    @Test
    void whatIsNotThereYetIsLookedAtWhereItWillBe() {
        assertThat(Storage.of(Path.of("/proc/no/such/file.rot")).fileSystem()).isEqualTo("proc");
        assertThat(Storage.of(Path.of("/proc/no.rot")).weaknesses()).hasSize(1);
        assertThat(Storage.of(Path.of("relative.rot")))
                .isEqualTo(Storage.of(Path.of("").toAbsolutePath()));
    }

    private static List<String> weaknesses(String type, String option) {
        return Storage.weaknesses(mount(type, option), false);
    }

    private static Mount mount(String type, String option) {
        return new Mount(Path.of("/"), type, List.of("rw", option), "0:1", "none");
    }
}
