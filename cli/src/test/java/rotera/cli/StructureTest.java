package rotera.cli;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** House rules that can be watched: arrows between packages, sizes, and what a module shows. */
final class StructureTest {
    private static final int MAX_LINES = 300;
    private static final int MAX_EXCEPTIONS = 8;
    private static final int MAX_FILES = 30;

    /** To become less. */
    private static final int MAX_FILES_OF_CLIENT = 31;

    /** What a user of the library sees. */
    private static final int MAX_FILES_OF_API = 26;

    /** Packages from the lowest on: each may know those before it. */
    private static final Map<String, List<String>> LAYERS =
            Map.of(
                    "kafka",
                    List.of("wire", "message", "request", "records", "topics", "groups", ""),
                    "cli",
                    List.of("text", "system", "queues", "command", "repl", "top", "bench", ""));

    /** Classes that are longer and stay so, and why. */
    private static final Map<String, String> LONG_CLASSES =
            Map.ofEntries(
                    entry("rotera.kafka.groups.Group", "one state machine"),
                    entry("rotera.queue.QueueException", "all exceptions with their texts"),
                    entry("rotera.queue.engine.Recovery", "one algorithm"),
                    entry("rotera.queue.engine.GroupCommit", "one algorithm, with its locking"),
                    entry("rotera.queue.format.Superblock", "one layout, with its limits"),
                    entry("rotera.simulator.SimulatedDisk", "one disk, with all its faults"),
                    entry("rotera.simulator.queue.Interleaving", "one scheduler"),
                    entry("rotera.cli.queues.PositionFile", "one file, with all that is wrong"));

    /** Classes that are too long: a class leaves this list, and none comes to it. */
    private static final Set<String> TO_BE_CUT =
            Set.of(
                    "rotera.cli.bench.BenchCommand",
                    "rotera.cli.repl.Repl",
                    "rotera.queue.RotFile",
                    "rotera.queue.disk.Posix",
                    "rotera.queue.engine.Appender",
                    "rotera.queue.record.RecordBody",
                    "rotera.queue.record.RecordBuffer",
                    "rotera.server.Connection",
                    "rotera.server.Loop",
                    "rotera.server.OwnDialect",
                    "rotera.server.QueueDirectory",
                    "rotera.simulator.consumers.ModelQueue",
                    "rotera.simulator.queue.QueueModel",
                    "rotera.simulator.queue.Simulation");

    /** Made by a program. */
    private static final String GENERATED = "rotera.kafka.message.";

    @Test
    void packagesKnowOnlyThoseBelowThem() {
        List<String> up = new ArrayList<>();
        LAYERS.forEach((part, layers) -> {
            for (JavaClass from : ArchitectureTest.CODE) {
                int here = layer(part, layers, from);
                if (here < 0) continue;
                from.getDirectDependenciesFromSelf().stream()
                        .filter(each -> layer(part, layers, each.getTargetClass()) > here)
                        .forEach(each -> up.add(each.getDescription()));
            }
        });
        assertThat(up).isEmpty();
    }

    @Test
    void everyPackageHasItsLayer() {
        List<String> without = new ArrayList<>();
        LAYERS.forEach((part, layers) -> {
            for (JavaClass each : ArchitectureTest.CODE)
                if ((each.getPackageName() + ".").startsWith("rotera." + part + ".")
                        && layer(part, layers, each) < 0) without.add(each.getName());
        });
        assertThat(without).isEmpty();
    }

    /** Negative if the class is not of this part. */
    private static int layer(String part, List<String> layers, JavaClass type) {
        String own = "rotera." + part;
        String name = type.getBaseComponentType().getPackageName();
        if (name.equals(own)) return layers.indexOf("");
        return name.startsWith(own + ".") ? layers.indexOf(name.substring(own.length() + 1)) : -1;
    }

    @Test
    void classesAreShort() throws IOException {
        Map<String, Long> longClasses = new TreeMap<>();
        for (Path source : sources()) {
            try (Stream<String> lines = Files.lines(source)) {
                long count = lines.count();
                boolean generated = nameOf(source).startsWith(GENERATED);
                if (count > MAX_LINES && !generated) longClasses.put(nameOf(source), count);
            }
        }
        longClasses.keySet().removeAll(LONG_CLASSES.keySet());
        longClasses.keySet().removeAll(TO_BE_CUT);
        assertThat(longClasses).isEmpty();
        assertThat(LONG_CLASSES).hasSizeLessThanOrEqualTo(MAX_EXCEPTIONS);
    }

    @Test
    void packagesAreSmall() throws IOException {
        Map<Path, Integer> files = new LinkedHashMap<>();
        for (Path source : sources()) {
            if (source.endsWith("package-info.java")) continue;
            files.merge(source.getParent(), 1, Integer::sum);
        }
        files.forEach((folder, count) ->
                assertThat(count).as("files in %s", folder).isLessThanOrEqualTo(maxFiles(folder)));
    }

    private static int maxFiles(Path folder) {
        if (folder.endsWith("rotera/queue")) return MAX_FILES_OF_API;
        return folder.endsWith("rotera/client") ? MAX_FILES_OF_CLIENT : MAX_FILES;
    }

    @Test
    void modulesShowWhatOthersUse() throws IOException {
        assertThat(exportedTypes("kafka")).containsExactly("KafkaListener", "KafkaOptions");
    }

    private static Set<String> exportedTypes(String part) throws IOException {
        Path classes = ArchitectureTest.classesOf(part);
        Set<String> types = new TreeSet<>();
        try (InputStream file = Files.newInputStream(classes.resolve("module-info.class"))) {
            Set<String> packages = new TreeSet<>();
            for (ModuleDescriptor.Exports exports : ModuleDescriptor.read(file).exports())
                if (!exports.isQualified()) packages.add(exports.source());
            for (JavaClass each : new ClassFileImporter().importPath(classes)) {
                boolean shown = packages.contains(each.getPackageName());
                boolean open = each.getModifiers().toString().contains("PUBLIC");
                if (shown && open && each.isTopLevelClass()) types.add(each.getSimpleName());
            }
        }
        return types;
    }

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        try (Stream<Path> parts = Files.list(Path.of(".."))) {
            for (Path part : parts.sorted().toList()) {
                Path main = part.resolve("src/main/java");
                if (!Files.isDirectory(main)) continue;
                try (Stream<Path> files = Files.walk(main)) {
                    files.filter(file -> file.toString().endsWith(".java"))
                            .filter(file -> !file.endsWith("module-info.java"))
                            .forEach(sources::add);
                }
            }
        }
        return sources;
    }

    private static String nameOf(Path source) {
        String path = source.toString();
        return path.substring(path.indexOf("rotera/")).replace(".java", "").replace('/', '.');
    }
}
