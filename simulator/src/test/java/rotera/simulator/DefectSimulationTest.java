package rotera.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import rotera.queue.RotFile;

/**
 * The simulation can fail: for each rule of the file, the sources are changed so that they break
 * it, compiled, and simulated until an invariant is broken. What is not found within {@link
 * #MOST_SEEDS} histories is not tested. docs/testing.md lists how many were needed.
 */
@Tag("slow")
class DefectSimulationTest {
    private static final int MOST_SEEDS = Integer.getInteger("rotera.defectSeeds", 10_000);
    private static final Path SOURCES = Path.of("../queue/src/main/java");

    @TempDir Path directory;

    /** A rule, and what changes the sources so that they break it. */
    record Defect(String rule, Kind kind, List<Change> changes, int firstSeed) {
        Defect(String rule, String file, String before, String after) {
            this(rule, Kind.RANDOM, List.of(new Change(file, before, after)), 0);
        }

        Defect and(String file, String before, String after) {
            return new Defect(
                    rule,
                    kind,
                    List.of(changes.getFirst(), new Change(file, before, after)),
                    firstSeed);
        }

        /** One that only threads of their own can find. */
        Defect foundByThreads() {
            return new Defect(rule, Kind.THREADS, changes, firstSeed);
        }

        /** One that the seeds before are known not to find. */
        Defect from(int seed) {
            return new Defect(rule, kind, changes, seed);
        }

        @Override
        public String toString() {
            return rule;
        }
    }

    /** A text that a source file holds exactly once, and what stands there instead. */
    record Change(String file, String before, String after) {
        JavaFileObject source() throws IOException {
            Path path = find(file + ".java");
            String text = Files.readString(path);
            int at = text.indexOf(before);
            assertThat(at).as("%s holds: %s", file, before).isNotNegative();
            assertThat(text.indexOf(before, at + 1))
                    .as("%s holds twice: %s", file, before)
                    .isNegative();
            String changed = text.replace(before, after);
            return new SimpleJavaFileObject(
                    URI.create("string:///" + SOURCES.relativize(path)),
                    JavaFileObject.Kind.SOURCE) {
                @Override
                public CharSequence getCharContent(boolean ignored) {
                    return changed;
                }
            };
        }

        /** The file of this name, in whatever package it is. */
        private static Path find(String name) throws IOException {
            try (Stream<Path> sources = Files.walk(SOURCES)) {
                return sources.filter(path -> path.endsWith(name)).findFirst().orElseThrow();
            }
        }
    }

    static Stream<Defect> defects() {
        return Stream.of(
                        new Defect(
                                "a commit syncs",
                                "GroupCommit",
                                "            disk.force();",
                                "            if (disk.size() < 0) throw new IOException();"),
                        new Defect(
                                "committed is published after the sync",
                                "GroupCommit",
                                "        try {\n            disk.force();",
                                "        bounds.moveCommitted(target);\n        try {\n            disk.force();"),
                        new Defect(
                                "committed is what was written before the sync",
                                "GroupCommit",
                                "bounds.moveCommitted(target);",
                                "bounds.moveCommitted(appender.next());"),
                        new Defect(
                                "a commit writes out what is staged",
                                "GroupCommit",
                                "target = appender.writeOut();",
                                "target = appender.next();"),
                        new Defect("closing commits", "Writer", "commits.finish();", ""),
                        new Defect(
                                "a failed sync is not tried again",
                                "GroupCommit",
                                "throw failure.fail(\"sync\", e);",
                                "try { disk.force(); } catch (IOException again) { throw failure.fail(\"sync\", again); }"),
                        new Defect(
                                "a failed sync fails the queue",
                                "GroupCommit",
                                "throw failure.fail(\"sync\", e);",
                                "throw new QueueException.QueueFailedException(\"sync\", e);"),
                        new Defect(
                                "a failed write fails the queue",
                                "GroupCommit",
                                "        } catch (IOException e) {\n            throw failure.fail(\"write\", e);\n        } catch (InternalError e) {",
                                "        } catch (IOException e) {\n            throw new QueueException.QueueFailedException(\"write\", e);\n        } catch (InternalError e) {"),
                        new Defect(
                                "each opening has its own epoch",
                                "HeaderSlot",
                                "new HeaderSlot(epoch + 1, sequence + 1,",
                                "new HeaderSlot(epoch, sequence + 1,"),
                        new Defect(
                                "the new epoch is durable before it is used",
                                "FileState",
                                "        disk.force();\n        return second;",
                                "        return second;"),
                        new Defect(
                                "the two headers of an opening are not under way together",
                                "FileState",
                                "        disk.force();\n        HeaderSlot second",
                                "        HeaderSlot second"),
                        new Defect(
                                "an opening writes both header slots",
                                "FileState",
                                "second.write(disk, superblock.salt());",
                                "second = first;"),
                        new Defect(
                                "an opening writes the records that it found again",
                                "Recovery",
                                "ring.write(at, window.segment().asSlice(offset, length));",
                                ""),
                        new Defect(
                                "an opening syncs what it found before a header counts on it",
                                "Recovery",
                                "        disk.force();\n",
                                ""),
                        new Defect(
                                "headers are written alternately",
                                "HeaderSlot",
                                "return new HeaderSlot(epoch, sequence + 1, oldest",
                                "return new HeaderSlot(epoch, sequence + 2, oldest"),
                        new Defect(
                                "the newer header is taken",
                                "Slots",
                                "a.get().sequence() > b.get().sequence()",
                                "a.get().sequence() < b.get().sequence()"),
                        new Defect(
                                "a damaged header is noticed",
                                "HeaderSlot",
                                "            if (bytes.get(U32, AT_CHECKSUM) != checksum(bytes, superblock.salt()))\n                return Optional.empty();\n",
                                ""),
                        new Defect(
                                        "room is free when the header is durable",
                                        "Appender",
                                        "space - durable.oldest().position()",
                                        "space - bounds.oldest().position()")
                                .from(16_000),
                        new Defect(
                                        "a header is durable after a sync",
                                        "GroupCommit",
                                        "header.write(disk, superblock.salt());",
                                        "header.write(disk, superblock.salt());\n                appender.durable(header);")
                                .from(16_000),
                        new Defect(
                                "a push has room for all of itself",
                                "Writer",
                                "appender.hasRoom(parts.space() + appender.keptFree(body))",
                                "appender.hasRoom(0)"),
                        new Defect(
                                "zeros fill free room only",
                                "Appender",
                                " && blockEnd - durable.oldest().position() <= ring.bytes()",
                                ""),
                        new Defect(
                                "oldest is published before it is overwritten",
                                "GroupCommit",
                                "                bounds.moveOldest(header.oldest());\n",
                                ""),
                        new Defect(
                                "the checkpoint is what an earlier sync has covered",
                                "GroupCommit",
                                "durable.next(oldest, committed,",
                                "durable.next(oldest, target,"),
                        new Defect(
                                "a checkpoint is due every C bytes",
                                "GroupCommit",
                                "> superblock.checkpointBytes()",
                                "> Long.MAX_VALUE - 1"),
                        new Defect(
                                "a checkpoint that was asked for covers the newest commit",
                                "GroupCommit",
                                "            if (!isCheckpointed()) syncOrWait(0, true);\n",
                                ""),
                        new Defect(
                                "uncommitted data is limited",
                                "Appender",
                                "return uncommitted > 0 && uncommitted + space",
                                "return uncommitted < 0 && uncommitted + space"),
                        new Defect(
                                "no more is evicted than needed",
                                "GroupCommit",
                                "Math.max(0, end.position() + freed - ring.bytes())",
                                "end.position()"),
                        new Defect(
                                        "recovery tells laps apart",
                                        "Recovery",
                                        " || header.firstId != at.id()",
                                        "")
                                .and(
                                        "RecordHeader",
                                        "if ((long) U64.get(bytes, AT_POSITION) != expectedPosition) return false;",
                                        "if (((long) U64.get(bytes, AT_POSITION) - expectedPosition) % superblock.ringBytes() != 0) return false;"),
                        new Defect(
                                "a torn record header is noticed",
                                "RecordHeader",
                                "        if ((int) U32.get(bytes, AT_CHECKSUM) != checksum(superblock.salt())) return false;\n",
                                ""),
                        new Defect(
                                "recovery compares checksums of bodies",
                                "Window",
                                "return (int) crc.getValue() == header.bodyChecksum;",
                                "return true;"),
                        new Defect(
                                "recovery keeps whole pushes",
                                "Recovery",
                                "if (header.lastPart()) end = running;",
                                "end = running;"),
                        new Defect(
                                "damage is not taken for the end",
                                "Recovery",
                                "if (behind.isEmpty()) {",
                                "if (behind.isEmpty() || limit > 0) {"),
                        new Defect(
                                "the end is not taken for damage",
                                "Recovery",
                                "if (at - header.durableLag > damaged.position())",
                                "if (at - header.durableLag > 0)"),
                        new Defect(
                                "what an older header keeps may be overwritten",
                                "FileState",
                                "if (!recovery.newerHeaderMissing()) return;",
                                "if (ring.bytes() > 0) return;"),
                        new Defect(
                                "an older header leads to everything",
                                "Recovery",
                                "chosen.checkpoint().position() + Math.min(ring.bytes(), superblock.walkBytes());",
                                "Math.min(chosen.oldest().position() + ring.bytes(), chosen.checkpoint().position() + superblock.walkBytes());"),
                        new Defect(
                                "a lost header is noticed",
                                "Recovery",
                                "> chosen.oldest().position() + ring.bytes();",
                                "> Long.MAX_VALUE - 1;"),
                        new Defect(
                                "a header in the wrong slot counts",
                                "Slots",
                                "        if (a.isEmpty()) return b.orElseThrow();",
                                "        if (a.isPresent() && b.isPresent() && (a.get().sequence() & 1) == 1) return b.get();\n        if (a.isPresent() && b.isPresent() && (b.get().sequence() & 1) == 0) return a.get();\n        if (a.isEmpty()) return b.orElseThrow();"),
                        new Defect(
                                "a writer's note tells of a close only",
                                "GroupCommit",
                                "if (closing && target.equals(bounds.committed())) {",
                                "if (target.equals(bounds.committed())) {"),
                        new Defect(
                                "time goes on after an opening",
                                "Appender",
                                "this.lastMillis = durable.lastMillis();",
                                "this.lastMillis = 0;"),
                        new Defect(
                                "a header keeps the last time",
                                "GroupCommit",
                                "durable.next(oldest, committed, appender.lastMillis(), producers)",
                                "durable.next(oldest, committed, durable.lastMillis(), producers)"),
                        new Defect(
                                "recovery takes the time of what it found",
                                "Recovery",
                                "lastMillis = Math.max(lastMillis, header.timeMillis);",
                                ""),
                        new Defect(
                                "an index entry is a hint",
                                "Index",
                                "                    && scratch.decode(ring, entry.get(U64, BY_POSITION), superblock)\n                    && scratch.firstId == entry.get(U64, BY_ID)",
                                ""),
                        new Defect(
                                "a read compares checksums",
                                "RecordBuffer",
                                "return checksumMatches(bodyAt)\n                && ",
                                "return "),
                        new Defect(
                                "a push that comes again is not kept again",
                                "Writer",
                                "if (known != ProducerTable.NEW) return known;",
                                "if (known != ProducerTable.NEW && closed) return known;"),
                        new Defect(
                                "only a push that is remembered is a repetition",
                                "ProducerTable",
                                "throw new QueueException.OutOfOrderException(producer, count, expected);",
                                "return entry.firstIds[0];"),
                        new Defect(
                                "a repetition has as many messages as the first push",
                                "ProducerTable",
                                "entry.sequences[i] == producer.sequence() && entry.counts[i] == count",
                                "entry.sequences[i] == producer.sequence()"),
                        new Defect(
                                "a batch may be used again as soon as its push returns",
                                "AsyncWriter",
                                "new Task(copy(body), true, bytes, ",
                                "new Task(body, false, bytes, "),
                        new Defect(
                                "five pushes of a producer are remembered",
                                "ProducerTable",
                                "Math.min(entry.pushes, PUSHES - 1)",
                                "Math.min(entry.pushes, PUSHES - 2)"),
                        new Defect(
                                "the producer that pushed longest ago is forgotten",
                                "ProducerTable",
                                "        else unlink(entry);\n        append(entry);\n",
                                "        else unlink(entry);\n        if (entry.pushes == 0 || last == null) append(entry);\n        else { entry.earlier = null; entry.later = first; if (first != null) first.earlier = entry; first = entry; }\n"),
                        new Defect(
                                "sequences begin at 0 again",
                                "SequenceNumber",
                                "return (sequence - other) << 1 < 0;",
                                "return sequence < other;"),
                        new Defect(
                                "a later epoch begins a new history",
                                "ProducerTable",
                                "            entry.epoch = epoch;\n            entry.pushes = 0;",
                                "            entry.epoch = epoch;"),
                        new Defect(
                                "each part of a push has its own sequence",
                                "Appender",
                                "SequenceNumber.plus(producer.sequence(), firstMessage)",
                                "producer.sequence()"),
                        new Defect(
                                "a push enters the table with its last part",
                                "RecoveredProducers",
                                "        if (!header.lastPart()) return;\n",
                                ""),
                        new Defect(
                                "a walk for the table goes on in the records behind a snapshot",
                                "RecoveredProducers",
                                "        table.enter(producerId",
                                "        if (table.size() == 0) table.enter(producerId"),
                        new Defect(
                                "a snapshot keeps the order of the pushes",
                                "ProducerTableCodec",
                                "int i = source.get(U16, at + AT_PUSHES) - 1; i >= 0; i--",
                                "int i = 0; i < source.get(U16, at + AT_PUSHES); i++"),
                        new Defect(
                                "recovery walks from where the table is found",
                                "Recovery",
                                "for (long at = chosen.producers(); at",
                                "for (long at = until.position(); at"),
                        new Defect(
                                "a header names where the table is found",
                                "GroupCommit",
                                "snapshots.position(oldest, committed);",
                                "committed.position();"),
                        new Defect(
                                "the header of an opening names where the table is found",
                                "FileState",
                                ": producersBegin.position()",
                                ": recovery.end().position()"),
                        new Defect(
                                "a header names a snapshot once it is durable",
                                "SnapshotSchedule",
                                "        underWay = at;\n",
                                "        begin = at;\n"),
                        new Defect(
                                "a snapshot is due every C bytes",
                                "SnapshotSchedule",
                                "committed.position() - begin.position() > distance",
                                "committed.position() - begin.position() > Long.MAX_VALUE - 1"),
                        new Defect(
                                "oldest does not pass what the table is rebuilt from",
                                "SnapshotSchedule",
                                "return stuck && pushWaits ? limit : at;",
                                "return limit;"),
                        new Defect(
                                "recovery steps over a damaged snapshot",
                                "Recovery",
                                "behind.position() == snapshotEnd",
                                "behind.position() < 0"),
                        new Defect(
                                "a reader steps over a damaged snapshot",
                                "Reader",
                                "        if (behind.id() == damaged.id()) return fill(start, most, behind, committed, into);\n",
                                ""),
                        new Defect(
                                        "one sync at a time",
                                        "GroupCommit",
                                        "wantedRoom = 0;\n        syncing = true;\n",
                                        "wantedRoom = 0;\n")
                                .foundByThreads(),
                        new Defect(
                                        "a push takes its place under the append lock",
                                        "Writer",
                                        "            id = append(body, parts);",
                                        "            appender.unlock();\n            try { id = append(body, parts); } finally { appender.lock(); }")
                                .foundByThreads(),
                        new Defect(
                                        "a push that waited for room looks again",
                                        "Writer",
                                        "            long id = tryStage(body);\n            if (id >= 0) return id;\n            if (id == NO_ROOM) commits.makeRoom(body.splitter().space() + keptFree(body));",
                                        "            long id = tryStage(body);\n            if (id >= 0) return id;\n            if (id == NO_ROOM) {\n                commits.makeRoom(body.splitter().space() + keptFree(body));\n                appender.lock();\n                try { return append(body, body.splitter()); } finally { appender.unlock(); }\n            }")
                                .foundByThreads(),
                        new Defect(
                                        "a target is taken after the write-out",
                                        "GroupCommit",
                                        "        publish(target, header);\n",
                                        "        publish(appender.next(), header);\n")
                                .foundByThreads(),
                        new Defect(
                                        "those who wait for a sync are woken",
                                        "GroupCommit",
                                        "        syncing = false;\n        finished.signalAll();",
                                        "        syncing = false;")
                                .foundByThreads(),
                        new Defect(
                                        "who waits for a commit is woken",
                                        "GroupCommit",
                                        "waiter.position <= committed) released.add(waiter);",
                                        "waiter.position <= committed) continue;")
                                .foundByThreads(),
                        new Defect(
                                        "all who wait for a commit are woken",
                                        "GroupCommit",
                                        "waiter.position <= committed) released.add(waiter);",
                                        "waiter.position <= committed) { if (released.isEmpty()) released.add(waiter); }")
                                .foundByThreads(),
                        new Defect(
                                        "of those for whom a sync was too early one makes the next",
                                        "GroupCommit",
                                        "        if (next != null) released.addFirst(next);\n",
                                        "")
                                .foundByThreads(),
                        new Defect(
                                        "the others go on waiting",
                                        "GroupCommit",
                                        "            else waiters.add(waiter);\n",
                                        "")
                                .foundByThreads(),
                        new Defect(
                                        "a commit wakes readers",
                                        "GroupCommit",
                                        "        published.run();\n",
                                        "")
                                .foundByThreads(),
                        new Defect(
                                        "closing waits for the sync that runs",
                                        "GroupCommit",
                                        "            while (syncing) finished.awaitUninterruptibly();\n            if (failure.failed())",
                                        "            syncing = false;\n            if (failure.failed())")
                                .foundByThreads(),
                        new Defect(
                                "a change of the settings is in both copies",
                                "Registry",
                                "        write(1 - older, after);\n",
                                ""),
                        new Defect(
                                "a change of the settings is durable before it is told",
                                "Registry",
                                "        disk.force();\n        write(1 - older, after);\n        disk.force();\n",
                                "        write(1 - older, after);\n"),
                        new Defect(
                                "the newer copy of the settings counts",
                                "Registry",
                                "first.sequence() >= second.sequence()",
                                "first.sequence() <= second.sequence()"),
                        new Defect(
                                "a copy of the settings in the place of the other counts",
                                "Registry",
                                "(number == number(copy) || number == number(1 - copy))",
                                "number == number(copy)"),
                        new Defect(
                                "a damaged copy of the settings is noticed",
                                "Registry",
                                "sector.get(U32, AT_CHECKSUM) == checksum(sector, salt)\n                            && sector",
                                "sector"),
                        new Defect(
                                "an opening writes the second copy of the settings anew",
                                "FileState",
                                "        registry.write(1);\n",
                                ""),
                        new Defect(
                                "an opening writes the first copy of the settings anew",
                                "FileState",
                                "        registry.write(0);\n",
                                ""),
                        new Defect(
                                "readers are shown the clock's time",
                                "RecordBuffer",
                                "        if (!header.clocked()) return header.timeMillis;",
                                "        if (header.firstId >= 0) return header.timeMillis;"),
                        new Defect(
                                "the time of the order never goes back",
                                "Appender",
                                "lastMillis = Math.max(lastMillis, clockMillis);",
                                "lastMillis = clockMillis;"),
                        new Defect(
                                "what the clock showed is kept with the push",
                                "Appender",
                                "putDifference(clockMillis - lastMillis)",
                                "putDifference(0)"),
                        new Defect(
                                        "closing tells of a commit in the background that failed",
                                        "GroupCommit",
                                        "            if (appender.uncommitted() > 0) failure.check();\n",
                                        "")
                                .foundByThreads(),
                        new Defect(
                                        "pushes behind one that waits keep their order",
                                        "AsyncWriter",
                                        "            if (idle()) {\n",
                                        "            if (true) {\n")
                                .foundByThreads())
                .filter(defect -> defect.rule().contains(System.getProperty("rotera.defect", "")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("defects")
    void isFound(Defect defect) throws Exception {
        compile(defect);
        try (URLClassLoader loader =
                new URLClassLoader(
                        new URL[] {
                            directory.toUri().toURL(),
                            classes(RotFile.class),
                            classes(History.class),
                            classes(DefectRun.class)
                        },
                        ClassLoader.getPlatformClassLoader())) {
            int seeds =
                    (int)
                            loader.loadClass(DefectRun.class.getName())
                                    .getMethod(
                                            "seedsUntilFailure", String.class, int.class, int.class)
                                    .invoke(
                                            null,
                                            defect.kind().name(),
                                            defect.firstSeed(),
                                            MOST_SEEDS);
            System.out.printf("without \"%s\": %d seeds%n", defect, seeds);
            assertThat(seeds).as("histories until it is found").isNotNegative();
        }
    }

    private static URL classes(Class<?> one) throws MalformedURLException {
        return one.getProtectionDomain().getCodeSource().getLocation();
    }

    private void compile(Defect defect) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<JavaFileObject> sources = new ArrayList<>();
        for (Change change : defect.changes()) sources.add(change.source());
        List<String> options =
                List.of(
                        "-proc:none",
                        "-nowarn",
                        "-d",
                        directory.toString(),
                        "-classpath",
                        System.getProperty("java.class.path"));
        assertThat(compiler.getTask(null, null, null, options, null, sources).call()).isTrue();
    }
}
