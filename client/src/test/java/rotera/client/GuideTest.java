package rotera.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;
import rotera.server.Server;
import rotera.server.ServerOptions;

/** The examples of docs/guide/java.md compile and print what stands below them. */
class GuideTest {
    private static final Path GUIDE = Path.of("..", "docs", "guide", "java.md");
    private static final Pattern EXAMPLE =
            Pattern.compile("```java\n(.*?)```\n\n```text\n(.*?)```", Pattern.DOTALL);
    private static final String BETWEEN = "----\n";

    @TempDir Path directory;

    @Test
    void examplesOfTheGuidePrintWhatTheGuideSays() throws Exception {
        String guide = Files.readString(GUIDE);
        List<String> codes = new ArrayList<>();
        StringBuilder printed = new StringBuilder();
        Matcher example = EXAMPLE.matcher(guide);
        while (example.find()) {
            codes.add(example.group(1));
            printed.append(example.group(2)).append(BETWEEN);
        }
        // Each example has its output, so that none is left out here.
        assertThat(codes).hasSize(guide.split("```java\n", -1).length - 1);
        Path served = Files.createDirectory(directory.resolve("served"));
        RotFile.create(served.resolve("7.rot"), CreateOptions.ofSize(1 << 20));
        try (Server server = Server.start(ServerOptions.of(served).withPort(0))) {
            assertThat(run(program(codes).replace("localhost:8245", "127.0.0.1:" + server.port())))
                    .isEqualTo(printed.toString());
        }
    }

    private static String program(List<String> codes) {
        StringBuilder methods = new StringBuilder();
        StringBuilder calls = new StringBuilder();
        for (int i = 0; i < codes.size(); i++) {
            // Those that open one of their own call it so as well.
            String given = codes.get(i).contains(" queue = ") ? "unused" : "queue";
            methods.append(
                    "static void example%d(Queue %s) throws Exception {\n%s}\n"
                            .formatted(i, given, codes.get(i)));
            calls.append(
                    "try (Queue queue = RotFile.inMemory(1 << 20)) { example%d(queue); }\n"
                            .formatted(i));
            calls.append("System.out.println(\"----\");\n");
        }
        return """
        import static java.nio.charset.StandardCharsets.UTF_8;
        import java.lang.foreign.MemorySegment;
        import java.nio.file.*;
        import java.time.Duration;
        import java.util.List;
        import java.util.concurrent.CompletableFuture;
        import rotera.client.*;
        import rotera.queue.*;
        import rotera.server.*;
        class Guide {
        %s
        static void main(String[] arguments) throws Exception {
        %s
        } }
        """
                .formatted(methods, calls);
    }

    private String run(String program) throws IOException, InterruptedException {
        Path source = Files.writeString(directory.resolve("Guide.java"), program);
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                source.toString())
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
