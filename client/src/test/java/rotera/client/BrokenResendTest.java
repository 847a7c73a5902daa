package rotera.client;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tests of lost connections can fail: each rule of what a client sends again is broken in a
 * copy of its sources, and is found by a wrong result, an exception, or a call that does not end.
 */
@Tag("slow")
@Timeout(180)
final class BrokenResendTest {
    private static final Path SOURCES = Path.of("src/main/java/rotera/client");

    @TempDir private Path directory;

    private enum FoundBy {
        CUT_PUSHES,
        CUT_STREAMS,
        LOST_BY_THE_SERVER
    }

    /** A rule, and what breaks it: a text that a source file holds once, and another one. */
    record Broken(String rule, FoundBy foundBy, String file, String before, String after) {
        @Override
        public String toString() {
            return rule;
        }
    }

    static Stream<Broken> rules() {
        return Stream.of(
                        new Broken(
                                "a push that was under way is sent again",
                                FoundBy.CUT_PUSHES,
                                "RequestPipeline",
                                "            if (last instanceof PushBatch) unsentPushes++;\n            unsent.addFirst(last);",
                                "            if (!(last instanceof PushBatch)) unsent.addFirst(last);"),
                        new Broken(
                                "a request that was under way is sent again",
                                FoundBy.CUT_PUSHES,
                                "RequestPipeline",
                                "            if (last instanceof PushBatch) unsentPushes++;\n            unsent.addFirst(last);",
                                "            if (last instanceof PushBatch) { unsentPushes++; unsent.addFirst(last); }"),
                        new Broken(
                                "what was under way is sent again in its order",
                                FoundBy.CUT_PUSHES,
                                "RequestPipeline",
                                "            unsent.addFirst(last);",
                                "            unsent.addLast(last);"),
                        new Broken(
                                "a push is sent again with its first sequence",
                                FoundBy.CUT_PUSHES,
                                "RequestPipeline",
                                "            if (last instanceof PushBatch) unsentPushes++;",
                                "            if (last instanceof PushBatch push) { unsentPushes++; push.seal(push.lastSequence() + 1000); }"),
                        new Broken(
                                "what the server has lost is sent again",
                                FoundBy.LOST_BY_THE_SERVER,
                                "RequestPipeline",
                                "window.lost(lastSequence);",
                                "List.of();"),
                        new Broken(
                                "what the server has lost is sent again in its order",
                                FoundBy.LOST_BY_THE_SERVER,
                                "RequestPipeline",
                                "lost.reversed()",
                                "lost"),
                        new Broken(
                                "a push is kept until it is on the server's disk",
                                FoundBy.LOST_BY_THE_SERVER,
                                "PushBatch",
                                "return acknowledged && firstId + count <= next;",
                                "return acknowledged;"),
                        new Broken(
                                "a stream forgets the batch that was cut",
                                FoundBy.CUT_STREAMS,
                                "RemoteStream",
                                "        receiving = false;\n        if (old != null) old.close();",
                                "        if (old != null) old.close();"))
                .filter(broken -> broken.rule().contains(System.getProperty("rotera.defect", "")));
    }

    @Test
    void nothingIsFoundWhereNoRuleIsBroken() throws Exception {
        for (FoundBy way : FoundBy.values())
            assertThat(found(way, Files.createDirectory(directory.resolve(way.name())), 150))
                    .isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void aBrokenRuleIsFound(Broken broken) throws Exception {
        compile(broken);
        String found =
                found(broken.foundBy(), Files.createDirectory(directory.resolve("queues")), 25);
        System.out.println("without \"" + broken + "\": " + found.lines().findFirst().orElse(""));
        assertThat(found).isNotEmpty();
    }

    /** What went wrong, with the classes of the directory before those of the class path. */
    private String found(FoundBy way, Path queues, int mostSeconds) throws Exception {
        try (URLClassLoader loader =
                new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
            Class<?> run = loader.loadClass(ResendRun.class.getName());
            CompletableFuture<Void> result = new CompletableFuture<>();
            Thread.ofPlatform()
                    .daemon()
                    .start(() -> {
                        try {
                            if (way == FoundBy.LOST_BY_THE_SERVER)
                                run.getMethod("lostByTheServer", Path.class).invoke(null, queues);
                            else
                                run.getMethod("cutConnections", Path.class, boolean.class)
                                        .invoke(null, queues, way == FoundBy.CUT_STREAMS);
                            result.complete(null);
                        } catch (InvocationTargetException e) {
                            result.completeExceptionally(e.getTargetException());
                        } catch (ReflectiveOperationException e) {
                            result.completeExceptionally(e);
                        }
                    });
            result.get(mostSeconds, TimeUnit.SECONDS);
            return "";
        } catch (TimeoutException e) {
            return "it did not end";
        } catch (ExecutionException e) {
            return String.valueOf(e.getCause());
        }
    }

    private URL[] classPath() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        urls.add(directory.toUri().toURL());
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1))
            urls.add(Path.of(entry).toUri().toURL());
        return urls.toArray(URL[]::new);
    }

    private void compile(Broken broken) throws IOException {
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
                        directory.toString(),
                        "-classpath",
                        System.getProperty("java.class.path"));
        assertThat(
                        ToolProvider.getSystemJavaCompiler()
                                .getTask(null, null, null, options, null, List.of(source))
                                .call())
                .isTrue();
    }
}
