package rotera.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResourcesTest {
    private static final long MIB = 1 << 20;

    @TempDir Path root;

    @Test
    void theMachineCountsWhereNoGroupAllowsLess() throws IOException {
        write("proc/meminfo", "MemTotal:        2097152 kB\nMemFree:  1 kB\n");
        write("proc/self/cgroup", "0::/system/rotera\n");
        write("sys/fs/cgroup/system/rotera/memory.max", "max\n");
        assertThat(Resources.read(root).memoryBytes()).isEqualTo(2048 * MIB);
    }

    @Test
    void theLeastGroupAboveTheProcessCounts() throws IOException {
        write("proc/meminfo", "MemTotal:        2097152 kB\n");
        write("proc/self/cgroup", "0::/system/rotera\n");
        write("sys/fs/cgroup/system/rotera/memory.max", "max\n");
        write("sys/fs/cgroup/system/memory.max", "268435456\n");
        assertThat(Resources.read(root).memoryBytes()).isEqualTo(256 * MIB);
    }

    @Test
    void groupsOfTheFirstVersionCount() throws IOException {
        write("proc/meminfo", "MemTotal:        2097152 kB\n");
        write("proc/self/cgroup", "4:cpu,memory:/rotera\n0::/\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        write("sys/fs/cgroup/memory/rotera/memory.limit_in_bytes", "536870912\n");
        assertThat(Resources.read(root).memoryBytes()).isEqualTo(512 * MIB);
    }

    @Test
    void theSoftLimitOfOpenFilesCounts() throws IOException {
        write(
                "proc/self/limits",
                """
                Limit                     Soft Limit           Hard Limit           Units
                Max open files            1024                 4096                 files
                """);
        assertThat(Resources.read(root).openFiles()).isEqualTo(1024);
    }

    @Test
    void aSystemThatTellsNothingHasNoLimits() {
        Resources unknown = Resources.read(root);
        assertThat(unknown).isEqualTo(new Resources(Long.MAX_VALUE, Long.MAX_VALUE));
        assertThat(unknown.nativeConnections(10_000, 5)).isEqualTo(10_000);
        assertThat(unknown.listenerBytes(384 * MIB)).isEqualTo(384 * MIB);
    }

    @Test
    void thisProcessHasLimits() {
        Resources process = Resources.ofProcess();
        assertThat(process.memoryBytes()).isBetween(64 * MIB, 1L << 50);
        assertThat(process.openFiles()).isBetween(100L, 1L << 40);
    }

    @Test
    void listenersTakeAQuarterOfWhatTheProgramLeaves() {
        assertThat(memory(256).listenerBytes(384 * MIB)).isEqualTo(24 * MIB);
        assertThat(memory(1024).listenerBytes(384 * MIB)).isEqualTo(216 * MIB);
        assertThat(memory(4096).listenerBytes(384 * MIB)).isEqualTo(384 * MIB);
        assertThat(memory(64).listenerBytes(384 * MIB)).isEqualTo(16 * MIB);
        assertThat(memory(256).nativeConnections(10_000, 1)).isEqualTo(768);
        assertThat(memory(256).kafkaConnections(1000, 1)).isEqualTo(153);
    }

    @Test
    void connectionsLeaveFilesForQueuesAndForTheOtherPort() {
        Resources files = new Resources(1L << 40, 1024);
        assertThat(files.nativeConnections(10_000, 0)).isEqualTo(672);
        assertThat(files.kafkaConnections(1000, 0)).isEqualTo(56);
        assertThat(files.nativeConnections(10_000, 200)).isEqualTo(372);
        assertThat(files.nativeConnections(10_000, 5000)).isEqualTo(4);
        assertThat(new Resources(1L << 40, 128).nativeConnections(10_000, 0)).isEqualTo(36);
        Resources service = new Resources(1L << 40, 16_384);
        assertThat(service.nativeConnections(10_000, 100)).isEqualTo(10_000);
        assertThat(service.kafkaConnections(1000, 50)).isEqualTo(1000);
    }

    private static Resources memory(long mebibytes) {
        return new Resources(mebibytes * MIB, 1 << 20);
    }

    private void write(String file, String content) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }
}
