package rotera.queue.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static rotera.queue.buffer.LittleEndian.U32;
import static rotera.queue.buffer.LittleEndian.U64;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import rotera.queue.disk.Disk;

/**
 * Says who has the file open, for the error that a second one gets, and whether the last one closed
 * it: docs/format.md, Writer's note.
 */
public final class LockOwner {
    public static final long OFFSET = 4 * Superblock.PAGE;
    private static final int BYTES = 312;
    private static final int AT_PROCESS = 4;
    private static final int AT_TIME = 8;
    private static final int AT_HOST = 16;
    private static final int HOST_BYTES = 256;
    private static final int AT_BOOT_ID = AT_HOST + HOST_BYTES;
    private static final int AT_CLOSED = AT_BOOT_ID + 24; // behind the mount
    private static final int AT_SALT_IN_SUPERBLOCK = 96;

    private static final UUID UNKNOWN_BOOT = new UUID(0, 0);
    private static final ValueLayout.OfLong BIG_ENDIAN = U64.withOrder(ByteOrder.BIG_ENDIAN);

    private LockOwner() {}

    /**
     * Writes the note of this process.
     *
     * @param closed the header with which the file is closed; null while it is open
     */
    public static void write(Disk disk, int salt, long openedMillis, @Nullable HeaderSlot closed)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment note = arena.allocate(BYTES, 8);
            byte[] host = hostName().getBytes(StandardCharsets.UTF_8);
            note.set(U32, AT_PROCESS, (int) ProcessHandle.current().pid());
            note.set(U64, AT_TIME, openedMillis);
            MemorySegment.copy(
                    host, 0, note, JAVA_BYTE, AT_HOST, Math.min(host.length, HOST_BYTES));
            UUID boot = bootId();
            note.set(BIG_ENDIAN, AT_BOOT_ID, boot.getMostSignificantBits());
            note.set(BIG_ENDIAN, AT_BOOT_ID + 8, boot.getLeastSignificantBits());
            if (closed != null) {
                note.set(U64, AT_CLOSED, closed.sequence());
                note.set(U64, AT_CLOSED + 8, closed.checkpoint().position());
            }
            note.set(U32, 0, checksum(note, salt));
            disk.write(OFFSET, note);
        }
    }

    /**
     * Whether the file was closed with this header, nothing being uncommitted. Its sequence alone
     * does not tell it from one that was written without a sync before, into the same slot.
     */
    public static boolean closedWith(HeaderSlot header, Disk disk, int salt) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment note = arena.allocate(BYTES, 8);
            disk.read(OFFSET, note);
            return note.get(U32, 0) == checksum(note, salt)
                    && note.get(U64, AT_CLOSED) == header.sequence()
                    && note.get(U64, AT_CLOSED + 8) == header.checkpoint().position();
        }
    }

    /** Who holds a locked file, as far as its note tells. */
    public static String describe(Path path) {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            byte[] bytes = new byte[(int) OFFSET + BYTES];
            file.readFully(bytes);
            MemorySegment all = MemorySegment.ofArray(bytes);
            MemorySegment note = all.asSlice(OFFSET);
            if (note.get(U32, 0) != checksum(note, all.get(U32, AT_SALT_IN_SUPERBLOCK)))
                return "another process";
            long process = note.get(U32, AT_PROCESS);
            Instant since = Instant.ofEpochMilli(note.get(U64, AT_TIME));
            String host = note.getString(AT_HOST);
            String who =
                    process == ProcessHandle.current().pid() && host.equals(hostName())
                            ? "this process"
                            : "process " + process;
            return who + " on " + host + " since " + since;
        } catch (IOException | IndexOutOfBoundsException e) {
            return "another process";
        }
    }

    /**
     * Of this start of the machine, so that a crash of a process is told from one of the machine.
     */
    private static UUID bootId() {
        try {
            return UUID.fromString(
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip());
        } catch (IOException | IllegalArgumentException e) {
            return UNKNOWN_BOOT;
        }
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "this machine";
        }
    }

    private static int checksum(MemorySegment note, int salt) {
        CRC32C crc = new CRC32C();
        crc.update(note.toArray(JAVA_BYTE), 4, BYTES - 4);
        return (int) crc.getValue() ^ salt;
    }
}
