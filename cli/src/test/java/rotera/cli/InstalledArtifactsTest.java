package rotera.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program outside of the tree is built by Maven against what {@code ./build install} installs.
 */
@Tag("slow")
@Timeout(900)
@EnabledIfSystemProperty(named = "rotera.install", matches = "true")
final class InstalledArtifactsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Set<String> LEFT_OUT = Set.of("target", ".git", "docs");
    private static final Pattern DEPENDENCY =
            Pattern.compile("<dependency>.*?</dependency>", Pattern.DOTALL);

    @TempDir private Path directory;

    @Test
    void aProgramOfAStrangerCompilesAndRuns() throws Exception {
        Path repository = directory.resolve("repository");
        Path tree = copyOfTheTree();
        List<String> local =
                List.of(
                        "-Dmaven.repo.local=" + repository,
                        "-Dmaven.repo.local.tail=" + usualRepository(),
                        "--offline");
        run(tree, command(List.of("./build", "install"), local));
        assertThat(repository.resolve("io/github/rotera/rotera-queue")).isDirectory();

        Path program = Files.createDirectories(directory.resolve("program/src/main/java"));
        Path project = directory.resolve("program");
        Files.writeString(project.resolve("pom.xml"), pom());
        Files.writeString(program.resolve("Main.java"), source());
        List<String> maven =
                List.of(
                        "mvn",
                        "-q",
                        "--batch-mode",
                        "compile",
                        "dependency:build-classpath",
                        "-Dmdep.outputFile=path");
        run(project, command(maven, local));
        String path = "target/classes:" + Files.readString(project.resolve("path"));
        assertThat(
                        run(
                                project,
                                List.of(
                                        javaHome().resolve("bin/java").toString(),
                                        "--enable-native-access=ALL-UNNAMED",
                                        "-cp",
                                        path,
                                        "Main")))
                .isEqualTo("0 first\n1 second\n");
    }

    /** The dependency of the guide, as it stands there. */
    private static String pom() throws IOException {
        Matcher dependency = DEPENDENCY.matcher(read("docs/guide/java.md"));
        assertThat(dependency.find()).isTrue();
        return """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>stranger</groupId>
          <artifactId>program</artifactId>
          <version>1</version>
          <properties>
            <maven.compiler.release>25</maven.compiler.release>
            <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
          </properties>
          <dependencies>%s</dependencies>
          <build><plugins>%s%s%s</plugins></build>
        </project>
        """
                .formatted(
                        dependency.group(),
                        plugin("maven-compiler-plugin"),
                        plugin("maven-resources-plugin"),
                        plugin("maven-dependency-plugin"));
    }

    /** The version that this project has, which is in the local repository. */
    private static String plugin(String name) throws IOException {
        Matcher version =
                Pattern.compile("<artifactId>" + name + "</artifactId>\\s*<version>([^<]*)")
                        .matcher(read("pom.xml"));
        assertThat(version.find()).as(name).isTrue();
        return "<plugin><artifactId>%s</artifactId><version>%s</version></plugin>"
                .formatted(name, version.group(1));
    }

    /** The first example of the README. */
    private static String source() throws IOException {
        String readme = read("README.md");
        String example = readme.substring(readme.indexOf("```java\n") + 8);
        return """
        import static java.nio.charset.StandardCharsets.UTF_8;
        import java.nio.file.Path;
        import rotera.queue.*;
        class Main { static void main(String[] arguments) {
        %s
        } }
        """
                .formatted(example.substring(0, example.indexOf("```")));
    }

    private static String read(String file) throws IOException {
        return Files.readString(ROOT.resolve(file));
    }

    /** Maven may not build in the tree: this test runs while it is built there. */
    private Path copyOfTheTree() throws IOException {
        Path copy = directory.resolve("tree");
        Files.walkFileTree(
                ROOT,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes of)
                            throws IOException {
                        if (LEFT_OUT.contains(String.valueOf(from.getFileName())))
                            return FileVisitResult.SKIP_SUBTREE;
                        Files.createDirectories(copy.resolve(ROOT.relativize(from)));
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path from, BasicFileAttributes of)
                            throws IOException {
                        if (of.isRegularFile())
                            Files.copy(from, copy.resolve(ROOT.relativize(from)));
                        return FileVisitResult.CONTINUE;
                    }
                });
        return copy;
    }

    private static Path usualRepository() {
        String own = System.getProperty("maven.repo.local");
        return own != null
                ? Path.of(own)
                : Path.of(System.getProperty("user.home"), ".m2", "repository");
    }

    private static Path javaHome() {
        return Path.of(System.getProperty("java.home"));
    }

    private static List<String> command(List<String> first, List<String> more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(more);
        return all;
    }

    private static String run(Path where, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(where.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", javaHome().toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command, output).isZero();
        return output;
    }
}
