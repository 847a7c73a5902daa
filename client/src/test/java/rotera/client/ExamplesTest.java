package rotera.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.CreateOptions;
import rotera.queue.Messages;
import rotera.queue.RotFile;
import rotera.server.Server;
import rotera.server.ServerOptions;

/** Compiles and runs what is in the directory examples. */
class ExamplesTest {
    @TempDir Path directory;

    @Test
    void producerAndConsumer() throws Exception {
        RotFile.create(directory.resolve("1.rot"), CreateOptions.ofSize(1 << 20));
        try (Server server = Server.start(ServerOptions.of(directory).withPort(0))) {
            String address = "127.0.0.1:" + server.port();
            assertThat(run("Producer", address, "1", "5"))
                    .containsExactly("pushed 5, the next id is 5", "the last one has id 4");
            String place = directory.resolve("place").toString();
            assertThat(run("ResumingConsumer", address, "1", place, "3"))
                    .containsExactly("0: measurement 0", "1: measurement 1", "2: measurement 2");
            assertThat(run("ResumingConsumer", address, "1", place, "2"))
                    .containsExactly("3: measurement 3", "4: measurement 4");
        }
    }

    @Test
    void producerIntoAFileKeepsWhatItPushes() throws Exception {
        Path file = directory.resolve("2.rot");
        RotFile.create(file, CreateOptions.ofSize(8 << 20));
        assertThat(run("Producer", file.toString(), "100000"))
                .containsExactly(
                        "pushed 100000, the next id is 100000", "the last one has id 99999");
        try (RotFile kept = RotFile.openReadOnly(file);
                Messages messages = new Messages()) {
            long id = kept.ping().oldest();
            while (kept.read(id, 1000, messages) > 0) {
                while (messages.next())
                    assertThat(new String(messages.toByteArray(), UTF_8))
                            .isEqualTo("measurement " + messages.id());
                id = messages.nextId();
            }
            assertThat(id).isEqualTo(100_000);
        }
    }

    @Test
    void embeddedBuffer() throws Exception {
        String file = directory.resolve("buffer.rot").toString();
        assertThat(run("EmbeddedBuffer", file)).hasSize(1);
        assertThat(run("EmbeddedBuffer", file))
                .hasSize(2)
                .allMatch(line -> line.contains("started at"));
    }

    @SuppressWarnings("SystemOut") // the examples print
    private List<String> run(String example, String... arguments) throws Exception {
        Path source = Path.of("..", "examples", example + ".java");
        Path classes = Files.createDirectories(directory.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        String path =
                String.join(
                        System.getProperty("path.separator"),
                        System.getProperty("java.class.path"),
                        System.getProperty("jdk.module.path", ""));
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int result =
                compiler.run(
                        null,
                        errors,
                        errors,
                        "-proc:none",
                        "-cp",
                        path,
                        "-d",
                        classes.toString(),
                        source.toString());
        assertThat(result).as(errors.toString(UTF_8)).isZero();
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader =
                new URLClassLoader(
                        new URL[] {classes.toUri().toURL()}, ExamplesTest.class.getClassLoader())) {
            System.setOut(new PrintStream(printed, true, UTF_8));
            loader.loadClass(example)
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) arguments);
        } finally {
            System.setOut(out);
        }
        return printed.toString(UTF_8).lines().toList();
    }
}
