package rotera.queue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.engine.FileState;

/**
 * The format never changes by accident: what the code writes today is compared with a file that is
 * kept, and that file with the tables of docs/format.md and the dump at its end. After a change on
 * purpose, {@code -Dgolden.write=true} makes the file and the dump anew.
 */
class GoldenFileTest {
    private static final Path DOCUMENT = Path.of("../docs/format.md");
    private static final Path GOLDEN = Path.of("src/test/resources/rotera/queue/golden.rot");
    private static final String APPENDIX = "## Appendix: a file, dumped\n";
    private static final Pattern ROW =
            Pattern.compile("\\| (\\d+) \\| (u8|u16|u32|u64|(?:\\d+ )?bytes) \\| ([^|]+) \\|.*");

    private static final long CREATED = 1_700_000_000_000L;
    private static final UUID UNIQUE_ID = UUID.fromString("00112233-4455-4677-8899-aabbccddeeff");
    private static final int SALT = 0x5a17ab1e;
    private static final int NOTE = 16384;
    private static final int REGISTRY = 20480;
    private static final int RING = 49152;

    private static byte[] golden = new byte[0];
    private static String document = "";

    @TempDir Path directory;

    @BeforeAll
    static void read() throws IOException {
        document = Files.readString(DOCUMENT);
        if (Boolean.getBoolean("golden.write")) {
            golden = written();
            Arrays.fill(golden, NOTE, NOTE + 4096, (byte) 0);
            Files.write(GOLDEN, golden);
            int end = document.indexOf(APPENDIX);
            String before = end < 0 ? document + "\n" : document.substring(0, end);
            document = before + APPENDIX + dump();
            Files.writeString(DOCUMENT, document);
        }
        try (InputStream file = GoldenFileTest.class.getResourceAsStream("golden.rot")) {
            if (golden.length == 0) golden = Objects.requireNonNull(file).readAllBytes();
        }
    }

    /** Everything of the format in a file of the smallest size. */
    private static byte[] written() throws IOException {
        MemoryDisk disk = new MemoryDisk(Rot.SMALLEST);
        CreateOptions options =
                CreateOptions.ofSize(Rot.SMALLEST).withEntries(1000).withName("golden");
        FileState.format(
                disk,
                Rot.superblock(options, CREATED, UNIQUE_ID, SALT),
                options.name(),
                options.firstId());
        long[] now = {CREATED};
        try (RotFile file = RotFile.open(disk, Path.of("golden.rot"), () -> now[0] += 1000);
                Batch batch = new Batch()) {
            file.push(batch.add("alpha").add("").add("gamma"));
            file.commit();
            batch.clear().producer(new Producer(0x1020304050607080L, 3, 41));
            file.push(batch.add(envelope(), "value".getBytes(UTF_8)).add("plain"));
            file.commit();
            file.push(batch.clear().add(Envelope.NONE.withNullValue(), new byte[0]));
            file.commit();
            batch.clear();
            for (int i = 0; i < 5; i++) batch.add(Rot.message(i, 1500));
            file.push(batch);
            file.commit();
            while (!file.quiet()) Thread.onSpinWait();
            batch.clear().producer(new Producer(0x1020304050607080L, 3, 43));
            file.push(batch.add("the last"));
        }
        new Forger(disk).record(128, "set back".getBytes(UTF_8), record -> {});
        try (RotFile file = RotFile.open(disk, Path.of("golden.rot"), () -> CREATED)) {
            file.rename("renamed");
            Rot.push(file, "clocked");
        }
        return disk.bytes().toArray(JAVA_BYTE);
    }

    private static Envelope envelope() {
        return Envelope.NONE
                .withKey("key".getBytes(UTF_8))
                .withTimeMillis(CREATED - 1)
                .withHeaders(
                        List.of(
                                new Envelope.Header("h", Optional.of("1".getBytes(UTF_8))),
                                new Envelope.Header("none", Optional.empty())));
    }

    @Test
    void codeWritesTheGoldenFile() throws IOException {
        byte[] today = written();
        Arrays.fill(today, NOTE, NOTE + 4096, (byte) 0);
        int mismatch = Arrays.mismatch(today, golden);
        assertThat(mismatch).as("first byte that differs from the golden file").isEqualTo(-1);
    }

    @Test
    void goldenFileIsRead() throws IOException {
        Path path = Files.write(directory.resolve("golden.rot"), golden);
        try (RotFile file = RotFile.openReadOnly(path);
                Messages messages = new Messages()) {
            assertThat(file.name()).contains("renamed");
            assertThat(file.uniqueId()).isEqualTo(UNIQUE_ID);
            assertThat(file.info().epoch()).isEqualTo(3);
            assertThat(file.info().entries()).isEqualTo(1000);
            assertThat(file.findings()).isEmpty();
            assertThat(file.check(damage -> {}, bytes -> {}).problems()).isZero();
            assertThat(Rot.texts(file, 0)).startsWith("alpha", "", "gamma", "value", "plain", "");
            assertThat(Rot.messages(file, 6))
                    .containsExactly(
                            Rot.message(0, 1500),
                            Rot.message(1, 1500),
                            Rot.message(2, 1500),
                            Rot.message(3, 1500),
                            Rot.message(4, 1500),
                            "the last".getBytes(UTF_8),
                            "clocked".getBytes(UTF_8));
            assertThat(file.lastPush(0x1020304050607080L))
                    .contains(new Producer(0x1020304050607080L, 3, 43));
            file.read(3, 1, messages);
            messages.next();
            assertThat(messages.envelope().key()).contains("key".getBytes(UTF_8));
            assertThat(messages.envelope().timeMillis()).hasValue(CREATED - 1);
            assertThat(messages.envelope().headers()).hasSize(2);
            assertThat(messages.envelope().headers().get(1).value()).isEmpty();
            assertThat(messages.timeMillis()).isEqualTo(CREATED + 3000);
            file.read(12, 1, messages);
            messages.next();
            assertThat(messages.timeMillis()).isEqualTo(CREATED);
            assertThat(messages.buffer().cursor().orderMillis()).isEqualTo(CREATED + 6000);
        }
    }

    @Test
    void superblockIsAsDocumented() {
        for (int copy = 0; copy < 2; copy++) {
            assertFields(
                    copy * 4096,
                    "## Superblock",
                    Map.ofEntries(
                            Map.entry("magic", "ROTERA\r\n"),
                            Map.entry("formatVersion", 2L),
                            Map.entry("fileBytes", 98304L),
                            Map.entry("ringOffset", (long) RING),
                            Map.entry("ringBytes", 49152L),
                            Map.entry("intervalBytes", 4096L),
                            Map.entry("maxMessageBytes", 12288L),
                            Map.entry("uncommittedBytes", 3072L),
                            Map.entry("checkpointBytes", 3072L),
                            Map.entry("entries", 1000L),
                            Map.entry("createdMillis", CREATED),
                            Map.entry(
                                    "uniqueId",
                                    new String(
                                            HexFormat.of()
                                                    .parseHex("00112233445546778899aabbccddeeff"),
                                            ISO_8859_1)),
                            Map.entry("salt", (long) SALT),
                            Map.entry("refuseBits", 0L),
                            Map.entry("readOnlyBits", 0L),
                            Map.entry("ignoreBits", 0L),
                            Map.entry(
                                    "lineageId",
                                    new String(
                                            HexFormat.of()
                                                    .parseHex("00112233445546778899aabbccddeeff"),
                                            ISO_8859_1))));
            byte[] page = Arrays.copyOfRange(golden, copy * 4096, copy * 4096 + 4096);
            int checksum = u32(copy * 4096 + 12);
            Arrays.fill(page, 12, 16, (byte) 0);
            assertThat(checksum).isEqualTo(crc(page, 0, 4096));
        }
    }

    @Test
    void headerSlotsAreAsDocumented() {
        long end = u64(8192 + 40);
        for (int slot = 0; slot < 2; slot++) {
            int at = 8192 + 4096 * slot;
            long sequence = u64(at + 8);
            assertThat(sequence % 2).isEqualTo(slot);
            assertFields(
                    at,
                    "## Header slots",
                    Map.of(
                            "epoch", 3L,
                            "oldestId", 0L,
                            "oldestPosition", 0L));
            assertThat(u32(at)).isEqualTo(crc(golden, at + 4, 60) ^ SALT);
            assertThat(golden).hasSize(98304);
            for (int i = 64; i < 4096; i++) assertThat(golden[at + i]).isZero();
        }
        int newest = u64(8192 + 8) > u64(12288 + 8) ? 8192 : 12288;
        assertFields(
                newest,
                "## Header slots",
                Map.of(
                        "checkpointId",
                        13L,
                        "lastMillis",
                        CREATED + 6000,
                        "producersLag",
                        u64(newest + 40) - (snapshot() - RING)));
        assertThat(end).isLessThanOrEqualTo(u64(newest + 40));
    }

    @Test
    void writersNoteIsAsDocumented() throws IOException {
        byte[] today = written();
        ByteBuffer note = ByteBuffer.wrap(today).order(ByteOrder.LITTLE_ENDIAN);
        List<Field> fields = fields("## Writer's note");
        assertThat(fields).extracting(Field::at).containsExactly(0, 4, 8, 16, 272, 288, 296, 304);
        assertThat(fields.get(1).name()).isEqualTo("process id");
        assertThat(note.getInt(NOTE + 4)).isEqualTo((int) ProcessHandle.current().pid());
        assertThat(note.getLong(NOTE + 8)).isEqualTo(CREATED);
        assertThat(note.getInt(NOTE)).isEqualTo(crc(today, NOTE + 4, 308) ^ SALT);
        long newest = Math.max(note.getLong(2 * 4096 + 8), note.getLong(3 * 4096 + 8));
        assertThat(note.getLong(NOTE + 296)).isEqualTo(newest);
    }

    @Test
    void settingsAreAsDocumented() {
        for (int copy = 0; copy < 2; copy++) {
            int at = REGISTRY + copy * 8192;
            assertFields(
                    at,
                    "## Registry",
                    Map.ofEntries(
                            Map.entry("sectorKind", 1L),
                            Map.entry("sectorNumber", 16L * copy),
                            Map.entry("registrySequence", 2L),
                            Map.entry("refuseBits", 0L),
                            Map.entry("readOnlyBits", 0L),
                            Map.entry("ignoreBits", 0L),
                            Map.entry("whenFull", 0L),
                            Map.entry("nameBytes", 7L),
                            Map.entry("name", "renamed")));
            assertThat(u32(at)).isEqualTo(crc(golden, at + 4, 508) ^ SALT);
            for (int i = 512; i < 8192; i++) assertThat(golden[at + i]).isZero();
        }
    }

    @Test
    void recordsAreAsDocumented() {
        int first = RING;
        assertFields(
                first,
                "## Ring",
                Map.ofEntries(
                        Map.entry("kind", 1L),
                        Map.entry("flags", 0L),
                        Map.entry("producerEpoch", 0L),
                        Map.entry("firstId", 0L),
                        Map.entry("position", 0L),
                        Map.entry("epoch", 2L),
                        Map.entry("durableLag", 0L),
                        Map.entry("count", 3L),
                        Map.entry("bodyBytes", 22L),
                        Map.entry("sequence", 0L),
                        Map.entry("timeMillis", CREATED + 2000),
                        Map.entry("producerId", 0L)));
        assertThat(u32(first)).isEqualTo(crc(golden, first + 4, 60) ^ SALT);
        assertThat(u32(first + 40)).isEqualTo(crc(golden, first + 64, 22));
        assertThat(new int[] {u32(first + 64), u32(first + 68), u32(first + 72)})
                .containsExactly(5, 0, 5);
        assertThat(new String(golden, first + 76, 10, UTF_8)).isEqualTo("alphagamma");
        int second = first + 64 + 24;
        assertFields(
                second,
                "## Ring",
                Map.of(
                        "flags", 4L,
                        "producerEpoch", 3L,
                        "firstId", 3L,
                        "position", 88L,
                        "count", 2L,
                        "sequence", 41L,
                        "producerId", 0x1020304050607080L));
    }

    @Test
    void partsOfALargePushAreAsDocumented() {
        int at = RING;
        List<Long> flags = new ArrayList<>();
        for (long id = 0; id < 11; ) {
            assertThat(u64(at + 8)).isEqualTo(id);
            assertThat(u64(at + 16)).isEqualTo(at - RING);
            if (id >= 6) flags.add((long) golden[at + 5]);
            id += u32(at + 32);
            at += 64 + ((u32(at + 36) + 7) & -8);
        }
        assertThat(flags).containsExactly(2L, 3L, 1L);
    }

    /** Where the file's only snapshot of the producers lies. */
    private static int snapshot() {
        int at = RING;
        while (golden[at + 4] == 1) at += 64 + ((u32(at + 36) + 7) & -8);
        return at;
    }

    @Test
    void snapshotIsAsDocumented() {
        int at = snapshot();
        assertFields(
                at,
                "## Ring",
                Map.ofEntries(
                        Map.entry("kind", 2L),
                        Map.entry("flags", 0L),
                        Map.entry("producerEpoch", 0L),
                        Map.entry("firstId", 12L),
                        Map.entry("position", (long) at - RING),
                        Map.entry("epoch", 2L),
                        Map.entry("count", 0L),
                        Map.entry("bodyBytes", 96L),
                        Map.entry("sequence", 0L),
                        Map.entry("timeMillis", CREATED + 6000),
                        Map.entry("producerId", 0L)));
        assertThat(u32(at)).isEqualTo(crc(golden, at + 4, 60) ^ SALT);
        assertThat(u32(at + 40)).isEqualTo(crc(golden, at + 64, 96));
        assertFields(
                at + 64,
                "### Producers",
                Map.of(
                        "entryProducerId", 0x1020304050607080L,
                        "entryEpoch", 3L,
                        "pushes", 2L,
                        "entryZero", 0L,
                        "push 0", push(43, 1, 11),
                        "push 1", push(41, 2, 3),
                        "push 2", push(0, 0, 0),
                        "push 3", push(0, 0, 0),
                        "push 4", push(0, 0, 0)));
    }

    @Test
    void recordThatIsSteppedOverIsAsDocumented() {
        assertFields(
                marked(),
                "## Ring",
                Map.of(
                        "kind", 128L,
                        "flags", 0L,
                        "firstId", 12L,
                        "count", 0L,
                        "bodyBytes", 8L));
        assertThat(new String(golden, marked() + 64, 8, UTF_8)).isEqualTo("set back");
    }

    @Test
    void clockDifferenceIsAsDocumented() {
        int at = clocked();
        long position = (long) at - RING;
        assertFields(
                at,
                "## Ring",
                Map.of("kind", 1L, "flags", 8L, "firstId", 12L, "timeMillis", CREATED + 6000));
        assertFields(at + 64, "### Time", Map.of("clockDifference", -6000L, "clockZero", 0L));
        byte[] checked =
                ByteBuffer.allocate(20)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(-6000)
                        .putLong(position)
                        .putInt(3)
                        .array();
        assertThat(u32(at + 72)).isEqualTo(crc(checked, 0, 20) ^ SALT);
        assertThat(u32(at + 40)).isEqualTo(crc(golden, at + 80, 11));
        assertThat(new String(golden, at + 84, 7, UTF_8)).isEqualTo("clocked");
    }

    /** Where the record of kind 128 lies. */
    private static int marked() {
        return snapshot() + 64 + 96;
    }

    private static int clocked() {
        return marked() + 64 + 8;
    }

    private static String push(int sequence, int count, long id) {
        byte[] bytes = new byte[16];
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(sequence)
                .putInt(count)
                .putLong(id);
        return new String(bytes, ISO_8859_1);
    }

    @Test
    void indexIsAsDocumented() {
        int at = 45056;
        assertThat(fields("## Index")).extracting(Field::at).containsExactly(0, 4, 8, 16, 24);
        assertThat(u64(at + 8)).isZero();
        assertThat(u64(at + 16)).isZero();
        assertThat(u64(at + 24)).isEqualTo(CREATED + 2000);
        assertThat(u32(at)).isEqualTo(crc(golden, at + 4, 28) ^ SALT);
        assertThat(u64(at + 32 + 8)).isBetween(4096L, 8191L);
    }

    @Test
    void documentDumpsTheGoldenFile() {
        assertThat(document.substring(document.indexOf(APPENDIX) + APPENDIX.length()))
                .isEqualTo(dump());
    }

    /** The fields of the tables leave no gap and do not overlap. */
    @Test
    void tablesHaveNoGaps() {
        for (String heading :
                List.of(
                        "## Superblock",
                        "## Header slots",
                        "## Writer's note",
                        "## Registry",
                        "## Ring",
                        "### Time",
                        "### Producers",
                        "## Index")) {
            int expected = 0;
            for (Field field : fields(heading)) {
                assertThat(field.at()).as(heading + " " + field.name()).isEqualTo(expected);
                expected = field.at() + field.bytes();
            }
            assertThat(expected).as(heading).isPositive();
        }
    }

    /** A row of a table; that of the name has as many bytes as the name. */
    private record Field(int at, int bytes, String name) {}

    private static List<Field> fields(String heading) {
        List<Field> fields = new ArrayList<>();
        int from = document.indexOf("\n" + heading) + 1;
        assertThat(from).as(heading).isPositive();
        int to = document.indexOf("\n##", from);
        for (String line :
                document.substring(from, to < 0 ? document.length() : to).lines().toList()) {
            Matcher row = ROW.matcher(line);
            if (row.matches())
                fields.add(
                        new Field(
                                Integer.parseInt(row.group(1)),
                                bytes(row.group(2)),
                                row.group(3).strip()));
        }
        return fields;
    }

    private static int bytes(String type) {
        return switch (type) {
            case "u8" -> 1;
            case "u16" -> 2;
            case "u32" -> 4;
            case "u64" -> 8;
            case "bytes" -> 7;
            default -> Integer.parseInt(type.substring(0, type.indexOf(' ')));
        };
    }

    private static void assertFields(int from, String heading, Map<String, Object> expected) {
        List<Field> fields = fields(heading);
        assertThat(fields).extracting(Field::name).containsAll(expected.keySet());
        for (Field field : fields) {
            Object value = expected.get(field.name());
            if (value != null)
                assertThat(value(field, from, value)).as(field.name()).isEqualTo(value);
        }
    }

    private static Object value(Field field, int from, Object like) {
        int at = from + field.at();
        if (like instanceof String) return new String(golden, at, field.bytes(), ISO_8859_1);
        return number(at, field.bytes());
    }

    private static long number(int at, int bytes) {
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--) value = value << 8 | (golden[at + i] & 0xff);
        return value;
    }

    private static String dump() {
        Dump dump = new Dump();
        dump.title("superblock, first copy");
        dump.fields(0, "## Superblock");
        dump.title("header slot A");
        dump.fields(8192, "## Header slots");
        dump.title("header slot B");
        dump.fields(12288, "## Header slots");
        dump.title("settings, first copy");
        dump.fields(REGISTRY, "## Registry");
        dump.title("index, entry 0");
        dump.fields(45056, "## Index");
        dump.title("the first record: \"alpha\", \"\", \"gamma\"");
        dump.fields(RING, "## Ring");
        int at = RING + 64;
        for (int i = 0; i < 3; i++) at = dump.line(at, 4, "length of message " + i);
        at = dump.line(at, 5, "message 0");
        at = dump.line(at, 5, "message 2");
        at = dump.line(at, 2, "zeros up to a multiple of 8");
        dump.title(
                "body of the second record: an envelope with everything and \"value\", then \"plain\"");
        at += 64;
        at = dump.line(at, 4, "length of message 3");
        at = dump.line(at, 4, "length of message 4");
        at = dump.line(at, 1, "envelope: time, key, headers");
        at = dump.line(at, 8, "the producer's own time");
        at = dump.line(at, 4, "length of the key");
        at = dump.line(at, 3, "key");
        at = dump.line(at, 4, "headers");
        at = dump.line(at, 4, "length of the first name");
        at = dump.line(at, 1, "name");
        at = dump.line(at, 4, "length of its value");
        at = dump.line(at, 1, "value");
        at = dump.line(at, 4, "length of the second name");
        at = dump.line(at, 4, "name");
        at = dump.line(at, 4, "its value is null");
        at = dump.line(at, 5, "value of message 3");
        at = dump.line(at, 1, "envelope: nothing");
        dump.line(at, 5, "value of message 4");
        dump.title("the snapshot of the producers behind the last record");
        at = snapshot();
        dump.fields(at, "## Ring");
        dump.fields(at + 64, "### Producers");
        dump.title("a record that this version steps over");
        dump.fields(marked(), "## Ring");
        dump.line(marked() + 64, 8, "body");
        dump.title("a record with the clock's time, which is 6 seconds behind the order");
        at = clocked();
        dump.fields(at, "## Ring");
        dump.fields(at + 64, "### Time");
        dump.line(at + 80, 4, "length of message 12");
        dump.line(at + 84, 7, "message 12");
        return dump.text.toString();
    }

    /** One line for each field: where it is, its bytes, its name and value. */
    private static final class Dump {
        private final StringBuilder text =
                new StringBuilder(
                        "\nThe file `golden.rot` of the tests: 96 KiB, its third run closed in order. What is not"
                                + " shown of a page is zero.\n");

        void title(String title) {
            text.append('\n').append(title).append("\n\n");
        }

        void fields(int from, String heading) {
            for (Field field : GoldenFileTest.fields(heading)) {
                String name = field.name().replaceAll(" of bytes.*", "");
                line(from + field.at(), field.bytes(), name);
            }
        }

        int line(int at, int bytes, String name) {
            for (int i = 0; i < bytes; i += 8) {
                int here = Math.min(8, bytes - i);
                String hex = HexFormat.ofDelimiter(" ").formatHex(golden, at + i, at + i + here);
                String comment = i > 0 ? "" : "  " + name + value(at, bytes);
                text.append("    %08x  %-23s%s%n".formatted(at + i, hex, comment).stripTrailing())
                        .append('\n');
            }
            return at + bytes;
        }

        private static String value(int at, int bytes) {
            boolean number = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
            boolean text = golden[at] >= ' ' && (bytes < 4 || golden[at + 1] >= ' ');
            if (text) {
                String value = new String(golden, at, bytes, UTF_8);
                if (value.chars().allMatch(c -> c >= ' ' && c < 127 && c != '"'))
                    return ": \"" + value + '"';
            }
            if (at % 4096 == 0 && bytes == 8) return ": \"ROTERA\" CR LF";
            return number ? ": " + number(at, bytes) : "";
        }
    }

    private static int u32(int at) {
        return ByteBuffer.wrap(golden).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    }

    private static long u64(int at) {
        return ByteBuffer.wrap(golden).order(ByteOrder.LITTLE_ENDIAN).getLong(at);
    }

    private static int crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }
}
