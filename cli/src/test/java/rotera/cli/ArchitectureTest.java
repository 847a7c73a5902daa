package rotera.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Which part may know which other, and how things are not named. Each module-info says the same
 * about the arrows; here they cannot be changed in passing.
 */
final class ArchitectureTest {
    static final JavaClasses CODE =
            new ClassFileImporter()
                    .importPaths(
                            Stream.of(
                                            "queue",
                                            "protocol",
                                            "client",
                                            "server",
                                            "kafka",
                                            "bench",
                                            "cli")
                                    .map(ArchitectureTest::classesOf)
                                    .toList());

    @Test
    void queueRequiresNothingAtRunTime() throws IOException {
        try (InputStream file =
                Files.newInputStream(classesOf("queue").resolve("module-info.class"))) {
            assertThat(ModuleDescriptor.read(file).requires())
                    .filteredOn(
                            required -> !required.modifiers().contains(Requires.Modifier.STATIC))
                    .extracting(Requires::name)
                    .containsExactly("java.base");
        }
    }

    @Test
    void queueKnowsNoOtherPart() {
        assertPartKnowsOnly("queue");
    }

    @Test
    void protocolKnowsOnlyTheQueue() {
        assertPartKnowsOnly("protocol", "rotera.queue..");
    }

    @Test
    void clientKnowsQueueAndProtocol() {
        assertPartKnowsOnly("client", "rotera.queue..", "rotera.protocol..");
    }

    @Test
    void serverKnowsQueueAndProtocol() {
        assertPartKnowsOnly("server", "rotera.queue..", "rotera.protocol..");
    }

    @Test
    void kafkaKnowsQueueServerAndTheCodecs() {
        assertPartKnowsOnly(
                "kafka",
                "rotera.queue..",
                "rotera.server..",
                "com.github.luben.zstd..",
                "net.jpountz..",
                "org.xerial.snappy..");
    }

    @Test
    void onlyThePartThatIsAskedForKnowsKafka() {
        noClasses()
                .that()
                .resideOutsideOfPackage("rotera.kafka..")
                .and()
                .doNotHaveFullyQualifiedName("rotera.cli.command.KafkaOptionsMixin")
                .and()
                .doNotHaveFullyQualifiedName("rotera.cli.command.KafkaPort")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("rotera.kafka..")
                .check(CODE);
    }

    @Test
    void benchKnowsQueueAndClient() {
        assertPartKnowsOnly("bench", "rotera.queue..", "rotera.client..", "org.HdrHistogram..");
    }

    /** The program ships what it is made of, and not what measures the project. */
    @Test
    void nothingKnowsTheBenchmark() {
        noClasses()
                .that()
                .resideOutsideOfPackage("rotera.benchmark..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("rotera.benchmark..")
                .check(CODE);
    }

    @Test
    void packagesAreNamedByTheirRole() {
        noClasses()
                .should()
                .resideInAnyPackage(
                        "rotera..util..",
                        "rotera..impl..",
                        "rotera..internal..",
                        "rotera..common..",
                        "rotera..manager..")
                .check(CODE);
    }

    @Test
    void classesAreNamedByWhatTheyAre() {
        noClasses().should().haveNameMatching(".*(Impl|Helper|Utils?|Manager)").check(CODE);
    }

    @Test
    void onlyProgramsWriteToTheStandardStreams() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "rotera.queue..",
                        "rotera.protocol..",
                        "rotera.client..",
                        "rotera.server..",
                        "rotera.kafka..")
                .should(ACCESS_STANDARD_STREAMS)
                .check(CODE);
    }

    private static void assertPartKnowsOnly(String part, String... others) {
        String own = "rotera." + part + "..";
        classes()
                .that()
                .resideInAPackage(own)
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(
                                        "java..",
                                        "jdk..",
                                        "com.google.errorprone.annotations..",
                                        "org.jspecify.annotations")
                                .or(resideInAPackage(own))
                                .or(resideInAnyPackage(others))
                                .or(areInNoPackage()))
                .check(CODE);
    }

    /** Primitive types and arrays of them. */
    private static DescribedPredicate<JavaClass> areInNoPackage() {
        return DescribedPredicate.describe(
                "are primitive", type -> type.getBaseComponentType().isPrimitive());
    }

    /** Fails when they are missing: else a rule would hold because nothing could break it. */
    static Path classesOf(String part) {
        Path directory = Path.of("..", part, "target", "classes");
        if (!Files.isDirectory(directory)) {
            throw new AssertionError("no classes in " + directory + ", run ./build test");
        }
        return directory;
    }
}
