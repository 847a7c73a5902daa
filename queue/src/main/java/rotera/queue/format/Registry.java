package rotera.queue.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static rotera.queue.buffer.LittleEndian.U16;
import static rotera.queue.buffer.LittleEndian.U32;
import static rotera.queue.buffer.LittleEndian.U64;
import static rotera.queue.format.Superblock.PAGE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import rotera.queue.disk.Disk;

/**
 * The settings of a queue, in two copies: docs/format.md, Registry. A change writes one copy,
 * syncs, writes the other one and syncs again, so damage to one of them, or a write that is lost,
 * costs nothing, and after a crash a change that was under way is there or not, never half there.
 *
 * <p>Reading is thread-safe; who changes it sees to it that no other sync runs.
 */
public final class Registry {
    private static final int SECTOR_BYTES = 512;
    private static final int SETTINGS = 1;

    private static final int AT_CHECKSUM = 0;
    private static final int AT_KIND = AT_CHECKSUM + 4;
    private static final int AT_NUMBER = AT_KIND + 2;
    private static final int AT_SEQUENCE = AT_NUMBER + 2;
    private static final int AT_FEATURES = AT_SEQUENCE + 8 + 16;
    private static final int AT_WHEN_FULL = AT_FEATURES + Features.BYTES;
    private static final int AT_NAME_BYTES = AT_WHEN_FULL + 2;
    private static final int AT_NAME = AT_NAME_BYTES + 2;

    private final Disk disk;
    private final int salt;

    /** What each copy holds; null if it is damaged. */
    private final @Nullable Settings[] copies = new Settings[2];

    private final boolean[] misplaced = new boolean[2];

    private volatile @Nullable Settings settings;

    private Registry(Disk disk, int salt) {
        this.disk = disk;
        this.salt = salt;
    }

    /** The registry of a new file. */
    public static void format(Disk disk, int salt, String name) throws IOException {
        Registry registry = new Registry(disk, salt);
        registry.settings = Settings.ofNew(name);
        for (int copy = 0; copy < 2; copy++) registry.write(copy);
    }

    public static Registry read(Disk disk, int salt) throws IOException {
        Registry registry = new Registry(disk, salt);
        registry.read(0);
        registry.read(1);
        Settings first = registry.copies[0];
        Settings second = registry.copies[1];
        boolean firstCounts =
                first != null && (second == null || first.sequence() >= second.sequence());
        registry.settings = firstCounts ? first : second;
        return registry;
    }

    /** Those of the last change; empty if both copies are damaged. */
    public Optional<Settings> settings() {
        return Optional.ofNullable(settings);
    }

    public boolean damaged(int copy) {
        return copies[copy] == null;
    }

    /** Whether the device wrote the other copy here. */
    public boolean misplaced(int copy) {
        return misplaced[copy];
    }

    /** Where in the file the settings of this copy lie. */
    public static long offset(int copy) {
        return Superblock.REGISTRY_OFFSET + copy * 2L * PAGE;
    }

    /** Writes the settings that count into this copy; they are there to stay after a sync. */
    public void write(int copy) throws IOException {
        Settings newest = settings;
        if (newest != null) write(copy, newest);
    }

    /** Makes a change durable; the settings are those of before until it is. */
    public void change(UnaryOperator<Settings> change) throws IOException {
        Settings before = settings;
        if (before == null) throw new IllegalStateException("both copies are damaged");
        Settings after = change.apply(before);
        int older = older();
        write(older, after);
        disk.force();
        write(1 - older, after);
        disk.force();
        settings = after;
    }

    private int older() {
        Settings first = copies[0];
        Settings second = copies[1];
        return second == null || (first != null && first.sequence() > second.sequence()) ? 1 : 0;
    }

    private void write(int copy, Settings content) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            disk.write(offset(copy), encode(content, copy, salt, arena));
        }
        copies[copy] = content;
        misplaced[copy] = false;
    }

    private static MemorySegment encode(Settings settings, int copy, int salt, Arena arena) {
        MemorySegment sector = arena.allocate(SECTOR_BYTES, 8);
        byte[] name = settings.name().getBytes(StandardCharsets.UTF_8);
        sector.set(U16, AT_KIND, (short) SETTINGS);
        sector.set(U16, AT_NUMBER, number(copy));
        sector.set(U64, AT_SEQUENCE, settings.sequence());
        settings.features().encode(sector, AT_FEATURES);
        sector.set(JAVA_BYTE, AT_WHEN_FULL, (byte) settings.whenFull());
        sector.set(U16, AT_NAME_BYTES, (short) name.length);
        MemorySegment.copy(name, 0, sector, JAVA_BYTE, AT_NAME, name.length);
        sector.set(U32, AT_CHECKSUM, checksum(sector, salt));
        return sector;
    }

    /**
     * Reads one copy. The other copy in its place counts as well: it may be the only one that has
     * the last change, since the device wrote it nowhere else.
     */
    private void read(int copy) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sector = arena.allocate(SECTOR_BYTES, 8);
            disk.read(offset(copy), sector);
            int nameBytes = Short.toUnsignedInt(sector.get(U16, AT_NAME_BYTES));
            short number = sector.get(U16, AT_NUMBER);
            boolean valid =
                    sector.get(U32, AT_CHECKSUM) == checksum(sector, salt)
                            && sector.get(U16, AT_KIND) == SETTINGS
                            && (number == number(copy) || number == number(1 - copy))
                            && sector.get(U64, AT_SEQUENCE) > 0
                            && sector.get(U64, AT_SEQUENCE) <= LogPosition.MAX
                            && nameBytes <= Settings.MAX_NAME_BYTES;
            if (!valid) return;
            misplaced[copy] = number != number(copy);
            byte[] name = new byte[nameBytes];
            MemorySegment.copy(sector, JAVA_BYTE, AT_NAME, name, 0, nameBytes);
            copies[copy] =
                    new Settings(
                            sector.get(U64, AT_SEQUENCE),
                            Features.decode(sector, AT_FEATURES),
                            Byte.toUnsignedInt(sector.get(JAVA_BYTE, AT_WHEN_FULL)),
                            new String(name, StandardCharsets.UTF_8));
        }
    }

    /** Copy and number of the sector, so that a write that went astray is known. */
    private static short number(int copy) {
        return (short) (copy * 16);
    }

    private static int checksum(MemorySegment sector, int salt) {
        CRC32C crc = new CRC32C();
        crc.update(sector.toArray(JAVA_BYTE), AT_KIND, SECTOR_BYTES - AT_KIND);
        return (int) crc.getValue() ^ salt;
    }
}
