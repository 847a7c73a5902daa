package rotera.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tests of lost connections can fail: each rule of what a client sends again is broken in a
 * copy of its sources, and is found by a wrong result, an exception, or a call that does not end.
 */
@Tag("slow")
@Timeout(180)
final class BrokenResendTest {
    private static final Path SOURCES = Path.of("src/main/java/rotera/client");

    /** Those that are found by not ending; where no rule is broken they take two seconds. */
    private static final int MAX_ENDLESS_SECONDS = 12;

    private static final String NO_END = "it did not end";

    private static final int MAX_SECONDS = 100;

    private static final ExecutorService RUNS = Executors.newFixedThreadPool(4);

    enum FoundBy {
        CUT_PUSHES("cutPushes"),
        CUT_PIPELINES("cutPipelines"),
        CUT_STREAMS("cutStreams"),
        LOST_BY_THE_SERVER("lostByTheServer");

        private final String method;

        FoundBy(String method) {
            this.method = method;
        }
    }

    /** A rule, and what breaks it: a text that a source file holds once, and another one. */
    record Broken(String rule, FoundBy foundBy, String file, String before, String after) {
        /**
         * Whether it is found by a call that does not end; else an end that is late proves nothing.
         */
        boolean isEndless() {
            return rule.contains("that was under way is sent again");
        }

        @Override
        public String toString() {
            return rule;
        }
    }

    private static final List<Broken> RULES =
            List.of(
                    new Broken(
                            "a push that was under way is sent again",
                            FoundBy.CUT_PUSHES,
                            "InFlightRequests",
                            "while (!inFlight.isEmpty()) addFirst(inFlight.removeLast());",
                            "inFlight.removeIf(PushBatch.class::isInstance); while (!inFlight.isEmpty()) addFirst(inFlight.removeLast());"),
                    new Broken(
                            "a request that was under way is sent again",
                            FoundBy.CUT_PUSHES,
                            "InFlightRequests",
                            "while (!inFlight.isEmpty()) addFirst(inFlight.removeLast());",
                            "inFlight.removeIf(Request.class::isInstance); while (!inFlight.isEmpty()) addFirst(inFlight.removeLast());"),
                    new Broken(
                            "what was under way is sent again in its order",
                            FoundBy.CUT_PIPELINES,
                            "InFlightRequests",
                            "addFirst(inFlight.removeLast());",
                            "addFirst(inFlight.remove());"),
                    new Broken(
                            "a push is sent again with its first sequence",
                            FoundBy.CUT_PUSHES,
                            "InFlightRequests",
                            "addFirst(inFlight.removeLast());",
                            "{ if (inFlight.peekLast() instanceof PushBatch push) push.seal(push.lastSequence() + 1000); addFirst(inFlight.removeLast()); }"),
                    new Broken(
                            "what the server has lost is sent again",
                            FoundBy.LOST_BY_THE_SERVER,
                            "RequestPipeline",
                            "pushes.lost(lastSequence);",
                            "List.of();"),
                    new Broken(
                            "what the server has lost is sent again in its order",
                            FoundBy.LOST_BY_THE_SERVER,
                            "InFlightRequests",
                            "requests.reversed()",
                            "requests"),
                    new Broken(
                            "a push is kept until it is on the server's disk",
                            FoundBy.LOST_BY_THE_SERVER,
                            "PushBatch",
                            "return acknowledged && firstId + count <= next;",
                            "return acknowledged;"),
                    new Broken(
                            "a stream forgets the batch that was cut",
                            FoundBy.CUT_STREAMS,
                            "StreamReceiver",
                            "        answered = false;\n        receiving = false;",
                            "        answered = false;"));

    /** What was found, of rules that are tried side by side: most of them wait, or do not end. */
    private static final Map<Broken, CompletableFuture<String>> FOUND = new ConcurrentHashMap<>();

    @TempDir private static Path directory;

    static Stream<Broken> rules() {
        return RULES.stream()
                .filter(broken -> broken.rule().contains(System.getProperty("rotera.defect", "")));
    }

    @BeforeAll
    static void start() {
        rules().forEach(broken ->
                FOUND.put(broken, CompletableFuture.supplyAsync(() -> tried(broken), RUNS)));
    }

    @AfterAll
    static void stop() {
        RUNS.shutdown();
    }

    private static String tried(Broken broken) {
        try {
            Path own = Files.createDirectory(directory.resolve("rule" + RULES.indexOf(broken)));
            compile(broken, own);
            return found(
                    broken.foundBy(), own, broken.isEndless() ? MAX_ENDLESS_SECONDS : MAX_SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsFoundWhereNoRuleIsBroken(FoundBy way) throws Exception {
        Path own = Files.createDirectory(directory.resolve(way.name()));
        assertThat(found(way, own, MAX_SECONDS)).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void aBrokenRuleIsFound(Broken broken) {
        String found = requireNonNull(FOUND.get(broken)).join();
        System.out.println("without \"" + broken + "\": " + found.lines().findFirst().orElse(""));
        assertThat(found).isNotEmpty();
        assertThat(found.equals(NO_END)).isEqualTo(broken.isEndless());
    }

    /** What went wrong, with the classes of the directory before those of the class path. */
    private static String found(FoundBy way, Path own, int maxSeconds) throws Exception {
        try (URLClassLoader loader =
                new URLClassLoader(classPath(own), ClassLoader.getPlatformClassLoader())) {
            Class<?> run = loader.loadClass(ResendRun.class.getName());
            Path queues = Files.createDirectory(own.resolve("queues"));
            CompletableFuture<Void> result = new CompletableFuture<>();
            Thread.ofPlatform()
                    .daemon()
                    .start(() -> {
                        try {
                            run.getMethod(way.method, Path.class).invoke(null, queues);
                            result.complete(null);
                        } catch (InvocationTargetException e) {
                            result.completeExceptionally(e.getTargetException());
                        } catch (ReflectiveOperationException e) {
                            result.completeExceptionally(e);
                        }
                    });
            result.get(maxSeconds, TimeUnit.SECONDS);
            return "";
        } catch (TimeoutException e) {
            return NO_END;
        } catch (ExecutionException e) {
            return String.valueOf(e.getCause());
        }
    }

    private static URL[] classPath(Path first) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        urls.add(first.toUri().toURL());
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1))
            urls.add(Path.of(entry).toUri().toURL());
        return urls.toArray(URL[]::new);
    }

    private static void compile(Broken broken, Path own) throws IOException {
        String text = Files.readString(SOURCES.resolve(broken.file + ".java"));
        int at = text.indexOf(broken.before);
        assertThat(at).as("%s holds: %s", broken.file, broken.before).isNotNegative();
        assertThat(text.indexOf(broken.before, at + 1)).as("it holds it twice").isNegative();
        String changed = text.replace(broken.before, broken.after);
        JavaFileObject source =
                new SimpleJavaFileObject(
                        URI.create("string:///rotera/client/" + broken.file + ".java"),
                        JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignored) {
                        return changed;
                    }
                };
        List<String> options =
                List.of(
                        "-proc:none",
                        "-nowarn",
                        "-d",
                        own.toString(),
                        "-classpath",
                        System.getProperty("java.class.path"));
        assertThat(
                        ToolProvider.getSystemJavaCompiler()
                                .getTask(null, null, null, options, null, List.of(source))
                                .call())
                .isTrue();
    }
}
