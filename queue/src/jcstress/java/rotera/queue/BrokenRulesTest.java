package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The races can fail: for each rule a copy of the sources is changed so that it breaks the rule,
 * and the race has to find it. docs/testing.md tells how to run this, and what was not found.
 */
@Timeout(300)
class BrokenRulesTest {
    private static final int TRIES = 3;

    @TempDir Path directory;

    /** A rule, the race that watches it, and what breaks it. */
    record Broken(String rule, Class<?> race, String file, String before, String after) {
        @Override
        public String toString() {
            return rule;
        }
    }

    static Stream<Broken> rules() {
        return Stream.of(
                        new Broken(
                                "a reader looks at oldest again",
                                LappedReaderRace.class,
                                "Reader",
                                "return bounds.oldest().position() > position;",
                                "return false;"),
                        new Broken(
                                "a reader loads oldest before committed",
                                LappedReaderRace.class,
                                "Reader",
                                "            LogPosition oldest = bounds.oldest();\n            LogPosition committed = bounds.committed();\n            long start",
                                "            LogPosition committed = bounds.committed();\n            LogPosition oldest = bounds.oldest();\n            long start"),
                        new Broken(
                                "oldest is published before it is overwritten (in the race)",
                                LappedReaderRace.class,
                                "LappedReaderRace",
                                "        evict(0);\n        write(2);",
                                "        write(2);\n        evict(0);"),
                        new Broken(
                                "oldest is published with each header",
                                EvictionRace.class,
                                "GroupCommit",
                                "bounds.moveOldest(header.oldest());",
                                "if (header.sequence() % 4 == 0) bounds.moveOldest(header.oldest());"),
                        new Broken(
                                "a record is written before it is published (in the race)",
                                PublishedRecordRace.class,
                                "PublishedRecordRace",
                                "        write(2);\n        publish(2);",
                                "        publish(2);\n        write(2);"),
                        new Broken(
                                "committed moves before oldest (in the race)",
                                BoundsRace.class,
                                "BoundsRace",
                                "            bounds.moveCommitted(mark);\n            bounds.moveOldest(mark);",
                                "            bounds.moveOldest(mark);\n            bounds.moveCommitted(mark);"),
                        new Broken(
                                "committed is published after the sync",
                                CommittedEndRace.class,
                                "GroupCommit",
                                "        try {\n            disk.force();",
                                "        bounds.moveCommitted(target);\n        try {\n            disk.force();"),
                        new Broken(
                                "a commit waits for a sync that covers its push",
                                CommitRace.class,
                                "GroupCommit",
                                "if (waiter != null) waiter.await();",
                                "if (waiter != null) { waiter.await(); return; }"),
                        new Broken(
                                "committed is what was written before the sync",
                                CommitRace.class,
                                "GroupCommit",
                                "        publish(target, header);",
                                "        publish(appender.next(), header);"),
                        new Broken(
                                "one sync at a time",
                                CommitRace.class,
                                "GroupCommit",
                                "        wantedRoom = 0;\n        syncing = true;\n",
                                "        wantedRoom = 0;\n"),
                        new Broken(
                                "a failed sync fails the queue",
                                FailedSyncRace.class,
                                "GroupCommit",
                                "throw failure.fail(\"sync\", e);",
                                "throw new QueueException.QueueFailedException(\"sync\", e);"),
                        new Broken(
                                "who waits looks again before it sleeps",
                                WakeRace.class,
                                "CommitSignal",
                                "while (!condition.getAsBoolean() && left > 0) left",
                                "left"),
                        new Broken(
                                "a push waits for those before it that did not wait",
                                AsyncOrderRace.class,
                                "Writer",
                                "return idle() ? stage(body) : result",
                                "return body.count() > 0 ? stage(body) : result"),
                        new Broken(
                                "a commit covers pushes that did not wait",
                                AsyncOrderRace.class,
                                "Writer",
                                "return idle() ? commitStaged() : result",
                                "return bounds != null ? commitStaged() : result"),
                        new Broken(
                                "a push that comes again is looked up under the append lock",
                                RetryRace.class,
                                "Writer",
                                "        appender.lock();\n        try {\n            checkOpen();\n            failure.check();\n            long known = appender.find(body);",
                                "        long known = appender.find(body);\n        appender.lock();\n        try {\n            checkOpen();\n            failure.check();"),
                        new Broken(
                                "a close commits what was pushed",
                                ClosePushRace.class,
                                "Writer",
                                "            commits.finish();",
                                ""),
                        new Broken(
                                "a close commits what was pushed without waiting",
                                CloseAsyncRace.class,
                                "Writer",
                                "            commits.finish();",
                                ""),
                        new Broken(
                                "a read during a close says so",
                                CloseReadRace.class,
                                "RotFile",
                                "            checkOpen();\n            throw e;",
                                "            throw e;"),
                        new Broken(
                                "a stream that is closed is woken",
                                CloseWaitingStreamRace.class,
                                "FileStream",
                                "        file.wakeReaders();\n",
                                ""),
                        new Broken(
                                "a stream that is closed while it reads frees its memory",
                                CloseStreamRace.class,
                                "FileStream",
                                "            using.unlock();\n            freeIfClosed();",
                                "            using.unlock();"))
                .filter(broken -> broken.rule().contains(System.getProperty("rotera.rule", "")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void isFound(Broken rule) throws Exception {
        compile(rule);
        int tries = 1;
        while (race(rule) == 0 && tries <= TRIES) tries++;
        System.out.printf("without \"%s\": %d tries%n", rule, tries);
        assertThat(tries).as("tries until it is found").isLessThanOrEqualTo(TRIES);
    }

    private void compile(Broken rule) throws IOException {
        JavaFileObject source = changed(rule);
        List<String> options =
                List.of(
                        "-proc:none",
                        "-nowarn",
                        "-d",
                        directory.toString(),
                        "-classpath",
                        System.getProperty("java.class.path"));
        assertThat(
                        ToolProvider.getSystemJavaCompiler()
                                .getTask(null, null, null, options, null, List.of(source))
                                .call())
                .isTrue();
    }

    private static JavaFileObject changed(Broken rule) throws IOException {
        for (String set : List.of("main", "jcstress")) {
            Path sources = Path.of("src", set, "java");
            Optional<Path> path = find(sources, rule.file() + ".java");
            if (path.isEmpty()) continue;
            String text = Files.readString(path.get());
            assertThat(text).as(rule.file()).containsOnlyOnce(rule.before());
            return new ChangedSource(
                    sources.relativize(path.get()), text.replace(rule.before(), rule.after()));
        }
        throw new AssertionError("no source file " + rule.file());
    }

    /** The file of this name, in whatever package it is. */
    private static Optional<Path> find(Path sources, String name) throws IOException {
        try (Stream<Path> all = Files.walk(sources)) {
            return all.filter(path -> path.endsWith(name)).findFirst();
        }
    }

    /** The exit code of jcstress with the changed classes in front of the others. */
    private int race(Broken rule) throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-cp",
                                directory
                                        + File.pathSeparator
                                        + System.getProperty("java.class.path"),
                                "org.openjdk.jcstress.Main",
                                "-t",
                                rule.race().getSimpleName(),
                                "-f",
                                "1",
                                "-iters",
                                "3",
                                "-time",
                                "1000",
                                "-sc",
                                "false",
                                "-strideSize",
                                "16",
                                "-spinStyle",
                                "THREAD_YIELD",
                                "-jvmArgs",
                                "-ea --enable-native-access=ALL-UNNAMED")
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        int code = process.waitFor();
        // Neither a race that was not there nor one that could not start proves anything.
        assertThat(log).content().containsPattern("Results: 1 planned; [01] passed");
        return code;
    }
}
