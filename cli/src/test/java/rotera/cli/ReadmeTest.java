package rotera.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of the README compiles and does what it says. */
class ReadmeTest {
    @TempDir Path directory;

    @Test
    void javaExampleOfTheReadmePrintsItsMessages() throws IOException, InterruptedException {
        String readme = Files.readString(Path.of("..", "README.md"));
        String example = readme.substring(readme.indexOf("```java\n") + 8);
        example = example.substring(0, example.indexOf("```"));
        Path source = directory.resolve("Example.java");
        Files.writeString(
                source,
                """
                import static java.nio.charset.StandardCharsets.UTF_8;
                import java.nio.file.*;
                import rotera.queue.*;
                class Example { static void main(String[] arguments) {
                %s
                } }
                """
                        .formatted(example));
        Process program =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                source.toString())
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(program.getInputStream().readAllBytes(), UTF_8);
        assertThat(program.waitFor()).as(output).isZero();
        assertThat(output).isEqualTo("0 first\n1 second\n");
        assertThat(directory.resolve("events.rot")).hasSize(64 << 20);
    }
}
