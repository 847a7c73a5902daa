package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rotera.cli.Program.Result;
import rotera.cli.Program.ServerProcess;
import rotera.cli.text.Exit;
import rotera.client.ConnectOptions;
import rotera.client.RemoteQueue;
import rotera.client.Rotera;
import rotera.queue.Batch;
import rotera.queue.Messages;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.disk.PosixDisk;

/**
 * Real file systems, each in an image of its own: a queue is made, its server is killed, the power
 * is cut, the disk is filled to the last byte and the queue goes on. Needs root and the programs
 * that make file systems; what this machine lacks is skipped, and said. {@code
 * -Drotera.kinds='BTRFS.*'} for some of them.
 */
@EnabledIfSystemProperty(named = "rotera.fileSystems", matches = "true")
@Timeout(600)
final class FileSystemsTest {
    private static final String LOOP = "mount -o loop IMAGE POINT";
    private static final int MESSAGE_BYTES = 10_000;
    private static final int LAPS = 3;

    /** How each is made, and the beginning of what is said of it. */
    enum Kind {
        EXT4("mkfs.ext4 -q -F IMAGE", LOOP, ""),
        XFS("mkfs.xfs -q IMAGE", LOOP, ""),
        EXT3("mkfs.ext3 -q -F IMAGE", LOOP, ""),
        EXT2("mkfs.ext2 -q -F IMAGE", LOOP, "it keeps no journal"),
        BTRFS("mkfs.btrfs -q IMAGE", LOOP, "it never writes in place"),
        BTRFS_IN_PLACE("mkfs.btrfs -q IMAGE", LOOP, ""),
        BTRFS_COMPRESSED(
                "mkfs.btrfs -q IMAGE",
                "mount -o loop,compress-force=zstd IMAGE POINT",
                "it never writes in place"),
        F2FS("mkfs.f2fs -q IMAGE", LOOP, "it never writes in place"),
        VFAT("mkfs.vfat IMAGE", LOOP, "it keeps no journal"),
        TMPFS("", "mount -t tmpfs -o size=200m none POINT", "it lies in memory"),
        OVERLAY(
                "",
                "mount -t overlay overlay -o lowerdir=DIR/lower,upperdir=DIR/upper,workdir=DIR/work"
                        + " POINT",
                "it is the layer of a container"),
        FUSE2FS("mkfs.ext4 -q -F IMAGE", "fuse2fs IMAGE POINT -o rw", "another machine"),
        BINDFS("", "bindfs DIR/below POINT", "another machine");

        final String make;
        final String mount;
        final String weakness;

        Kind(String make, String mount, String weakness) {
            this.make = make;
            this.mount = mount;
            this.weakness = weakness;
        }

        boolean onWholeMachine() {
            return this == OVERLAY || this == BINDFS;
        }

        /** fuse2fs looks for free blocks even where there are some already. */
        boolean needsRoom() {
            return weakness.startsWith("it never") || this == FUSE2FS;
        }
    }

    @TempDir private Path temporary;
    private final List<String> results = new ArrayList<>();

    @ParameterizedTest
    @EnumSource
    void aQueueKeepsWhatItPromises(Kind kind) throws Exception {
        assumeTrue(kind.name().matches(System.getProperty("rotera.kinds", ".*")), "not asked for");
        try (MountedFileSystem files = new MountedFileSystem(temporary, kind.make, kind.mount)) {
            if (kind == Kind.BTRFS_IN_PLACE)
                assertThat(
                                MountedFileSystem.runQuietly(
                                        List.of("chattr", "+C", files.directory().toString())))
                        .isEmpty();
            Path queue = files.directory().resolve("1.rot");
            create(kind, files, queue);
            String room = MountedFileSystem.room(queue);
            long acknowledged = survivesKill(files, queue);
            survivesPowerCut(files, queue, acknowledged);
            if (!kind.onWholeMachine()) fullDisk(kind, files, queue);
            if (!kind.needsRoom()) assertThat(MountedFileSystem.room(queue)).isEqualTo(room);
        } finally {
            System.out.println(kind + ": " + String.join("; ", results));
        }
    }

    private void create(Kind kind, MountedFileSystem files, Path queue) throws IOException {
        Result created = Program.run("create", "--size", "16MiB", queue.toString());
        assertThat(created.code()).as(created.errors()).isZero();
        List<String> warnings =
                created.errors().lines().filter(line -> !line.contains("its device is")).toList();
        if (kind.weakness.isEmpty()) assertThat(warnings).isEmpty();
        else assertThat(warnings).singleElement().asString().contains(": " + kind.weakness);
        if (kind.mount.equals(LOOP))
            assertThat(created.errors()).contains("its device is the file");
        assertThat(files.names()).containsExactly("1.rot");
        // Names that are taken, also where the system has no rename that heeds them.
        assertThat(Program.run("create", "--size", "96KiB", queue.toString()).errors())
                .contains("never overwritten");
        Path other = Files.writeString(files.directory().resolve("other"), "another");
        assertThatThrownBy(() -> PosixDisk.publish(other, queue)).isInstanceOf(IOException.class);
        Files.delete(other);
        try (RotFile _ = RotFile.open(queue)) {
            assertThat(Program.run("push", queue.toString()).errors()).contains("is held by");
        }
        boolean cut = files.cutPower();
        if (cut) {
            files.mountAgain();
            assertThat(Program.run("check", queue.toString()).output()).contains("all well");
        }
        results.add("created" + (cut ? " and there after a power cut" : ""));
    }

    private long survivesKill(MountedFileSystem files, Path queue) throws Exception {
        try (ServerProcess server = ServerProcess.start(files.directory())) {
            long acknowledged = pushUntil(server, server::kill);
            assertThat(verify(queue)).isGreaterThanOrEqualTo(acknowledged);
            results.add(acknowledged + " messages there after kill -9");
            return acknowledged;
        }
    }

    private void survivesPowerCut(MountedFileSystem files, Path queue, long before)
            throws Exception {
        try (ServerProcess server = ServerProcess.start(files.directory())) {
            boolean[] cut = {false};
            long acknowledged = pushUntil(server, () -> cut[0] = files.cutPower());
            server.kill();
            if (!cut[0]) {
                results.add("power cut not tried");
                return;
            }
            files.mountAgain();
            assertThat(verify(queue)).isGreaterThanOrEqualTo(acknowledged);
            results.add((acknowledged - before) + " more there after a power cut");
        }
    }

    /** Pushes for a while, then on until something goes wrong; returns what was acknowledged. */
    private static long pushUntil(ServerProcess server, Runnable blow) throws Exception {
        AtomicLong acknowledged = new AtomicLong();
        ConnectOptions options =
                ConnectOptions.of("1").withPort(server.port()).withTimeout(Duration.ofSeconds(2));
        try (RemoteQueue queue = Rotera.connect(options)) {
            acknowledged.set(queue.ping().next());
            Thread pusher = Thread.ofPlatform().daemon().start(() -> pushOn(queue, acknowledged));
            long begin = acknowledged.get();
            for (int tries = 0; acknowledged.get() < begin + 10; tries++) {
                assertThat(tries).isLessThan(600);
                Thread.sleep(100);
            }
            Thread.sleep(500);
            blow.run();
            Thread.sleep(200);
            server.kill();
            pusher.join(10_000);
            assertThat(pusher.isAlive()).isFalse();
        } catch (QueueException e) {
            // What was not acknowledged is unknown.
        }
        return acknowledged.get();
    }

    private static void pushOn(RemoteQueue queue, AtomicLong acknowledged) {
        try (Batch batch = new Batch()) {
            while (true) {
                queue.push(batch.clear().add(message(acknowledged.get())));
                acknowledged.set(queue.commit());
            }
        } catch (QueueException e) {
            // the blow
        }
    }

    /** Fills the file system under an open queue, which goes on for some laps, or fails. */
    private void fullDisk(Kind kind, MountedFileSystem files, Path queue) throws IOException {
        long committed = 0;
        long pushed = 0;
        String failed = "";
        List<String> names = List.of();
        try (RotFile file = RotFile.open(queue);
                Batch batch = new Batch()) {
            files.fill();
            names = files.names();
            noCreationOnAFullDisk(files);
            committed = file.commit();
            for (long end = committed + LAPS * (16L << 20) / MESSAGE_BYTES; committed < end; ) {
                for (int i = 0; i < 10; i++, pushed++)
                    file.push(batch.clear().add(message(committed + i)));
                committed = file.commit();
            }
        } catch (QueueException e) {
            failed = String.valueOf(e.getMessage());
        }
        if (!kind.needsRoom()) {
            assertThat(failed).isEmpty();
            assertThat(verify(queue)).isEqualTo(committed);
        }
        try (RotFile file = RotFile.openReadOnly(queue)) {
            assertThat(verify(file)).isGreaterThanOrEqualTo(committed);
        }
        assertThat(files.names()).isEqualTo(names);
        results.add(
                failed.isEmpty()
                        ? LAPS + " laps on a full disk"
                        : "on a full disk " + pushed + " pushes, then: " + failed);
        for (String filler : List.of("filler-1M", "filler-4k", "filler-1"))
            Files.deleteIfExists(files.directory().resolve(filler));
        assertThat(verify(queue)).isGreaterThanOrEqualTo(committed);
    }

    private static void noCreationOnAFullDisk(MountedFileSystem files) throws IOException {
        List<String> before = files.names();
        Result refused = Program.run("create", "--size", "16MiB", files.directory() + "/2.rot");
        assertThat(refused.code()).isEqualTo(Exit.FAILED);
        assertThat(refused.errors()).contains("cannot create", "No space left on device");
        assertThat(files.names()).isEqualTo(before);
    }

    /** Reads everything; returns the next id. */
    private static long verify(Path queue) {
        try (RotFile file = RotFile.open(queue)) {
            return verify(file);
        }
    }

    private static long verify(RotFile file) {
        assertThat(file.findings()).isEmpty();
        try (Messages messages = new Messages()) {
            long id = file.ping().oldest();
            while (file.read(id, 1000, messages) > 0) {
                while (messages.next()) {
                    assertThat(messages.id()).isEqualTo(id);
                    assertThat(Arrays.equals(messages.toByteArray(), message(id))).isTrue();
                    id++;
                }
            }
            assertThat(id).isEqualTo(file.ping().next());
            return id;
        }
    }

    private static byte[] message(long id) {
        byte[] bytes = new byte[MESSAGE_BYTES];
        new Random(id).nextBytes(bytes);
        return bytes;
    }

    /** Why docs/operations.md says how to copy a file. */
    @Test
    void aFileThatSharesItsBlocksNeedsRoom() throws Exception {
        try (MountedFileSystem files =
                new MountedFileSystem(temporary, Kind.XFS.make, Kind.XFS.mount)) {
            Path queue = files.directory().resolve("1.rot");
            assertThat(Program.run("create", "--size", "16MiB", queue.toString()).code()).isZero();
            String refused =
                    MountedFileSystem.runQuietly(
                            List.of(
                                    "cp",
                                    "--reflink=always",
                                    queue.toString(),
                                    files.directory() + "/copy"));
            assumeTrue(refused.isEmpty(), refused);
            fullDisk(Kind.BTRFS, files, queue);
            assertThat(results).last().asString().contains("No space left on device");
        } finally {
            System.out.println("XFS, blocks shared with a copy: " + String.join("; ", results));
        }
    }
}
