package rotera.kafka.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The classes of the messages are those that {@code messages.txt} describes. */
final class MessageGeneratorTest {
    private static final Path SOURCES = Path.of("src/main/java/rotera/kafka/message");

    /** With {@code -Drotera.generate=true} they are written anew, to be formatted then. */
    @Test
    void theClassesAreThoseOfTheDescription() throws IOException {
        Map<String, String> classes = MessageGenerator.classes();
        if (Boolean.getBoolean("rotera.generate")) {
            for (Map.Entry<String, String> each : classes.entrySet())
                Files.writeString(file(each.getKey()), each.getValue());
            return;
        }
        for (Map.Entry<String, String> each : classes.entrySet())
            assertThat(words(Files.readString(file(each.getKey()))))
                    .as(
                            "%s: run MessageGeneratorTest with -Drotera.generate=true, then ./build format",
                            each.getKey())
                    .isEqualTo(words(each.getValue()));
    }

    @Test
    void thereIsNoClassWithoutAMessage() throws IOException {
        TreeSet<String> names = new TreeSet<>(MessageGenerator.classes().keySet());
        names.add("ApiRegistry");
        names.add("package-info");
        try (Stream<Path> files = Files.list(SOURCES)) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".java", "")))
                    .containsExactlyInAnyOrderElementsOf(names);
        }
    }

    private static Path file(String name) {
        return SOURCES.resolve(name + ".java");
    }

    private static String words(String text) {
        return text.replaceAll("\\s+", "");
    }
}
