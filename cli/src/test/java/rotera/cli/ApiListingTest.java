package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A change of the public API is a decision: docs/reference/api.txt lists it, and changes with it.
 * To write it anew: {@code -Dapi.write=true}.
 */
class ApiListingTest {
    private static final Path LISTING = Path.of("..", "docs", "reference", "api.txt");
    private static final List<String> MODULES =
            List.of("queue", "protocol", "client", "server", "kafka");

    @Test
    void theApiIsTheOneThatIsListed() throws Exception {
        StringBuilder listing = new StringBuilder();
        for (String module : MODULES) listing.append(list(module));
        if (Boolean.getBoolean("api.write")) Files.writeString(LISTING, listing);
        assertThat(listing.toString())
                .as("the public API; if the change is meant, run this test with -Dapi.write=true")
                .isEqualTo(Files.readString(LISTING));
    }

    private static String list(String module) throws Exception {
        Path classes = Path.of("..", module, "target", "classes");
        StringBuilder listing = new StringBuilder();
        try (InputStream file = Files.newInputStream(classes.resolve("module-info.class"))) {
            List<String> packages =
                    ModuleDescriptor.read(file).exports().stream()
                            .filter(exported -> !exported.isQualified())
                            .map(ModuleDescriptor.Exports::source)
                            .sorted()
                            .toList();
            for (String exported : packages)
                for (Class<?> type : types(classes, exported)) listing.append(describe(type));
        }
        return listing.toString();
    }

    /** The types that a program of others can name. */
    private static List<Class<?>> types(Path classes, String exported) throws IOException {
        List<String> names;
        try (Stream<Path> files = Files.list(classes.resolve(exported.replace('.', '/')))) {
            names =
                    files.map(file -> String.valueOf(file.getFileName()))
                            .filter(name -> name.endsWith(".class"))
                            .map(name -> name.substring(0, name.length() - ".class".length()))
                            .filter(name -> !name.endsWith("-info"))
                            .sorted()
                            .toList();
        }
        return names.stream()
                .<Class<?>>map(name -> load(exported + "." + name))
                .filter(ApiListingTest::isPublic)
                .toList();
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ApiListingTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isPublic(Class<?> type) {
        for (Class<?> at = type; at != null; at = at.getEnclosingClass())
            if (!Modifier.isPublic(at.getModifiers()) || at.isAnonymousClass()) return false;
        return true;
    }

    private static String describe(Class<?> type) {
        TreeSet<String> members = new TreeSet<>();
        for (Field field : type.getDeclaredFields())
            if (isShown(field.getModifiers()) && !field.isSynthetic())
                members.add("field " + field.toGenericString());
        for (Constructor<?> constructor : type.getDeclaredConstructors())
            if (isShown(constructor.getModifiers()) && !constructor.isSynthetic())
                members.add("constructor " + constructor.toGenericString());
        for (Method method : type.getDeclaredMethods())
            if (isShown(method.getModifiers()) && !method.isSynthetic() && !isOfEveryRecord(method))
                members.add("method " + method.toGenericString());
        return type.toGenericString()
                + parents(type)
                + "\n"
                + members.stream()
                        .map(member -> "    " + shortened(member, type) + "\n")
                        .collect(Collectors.joining())
                + "\n";
    }

    private static boolean isShown(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    /** A record has them; they say nothing. */
    private static boolean isOfEveryRecord(Method method) {
        return method.getDeclaringClass().isRecord()
                && List.of("equals", "hashCode", "toString").contains(method.getName())
                && Arrays.stream(method.getDeclaringClass().getRecordComponents())
                        .map(RecordComponent::getName)
                        .noneMatch(method.getName()::equals);
    }

    private static String parents(Class<?> type) {
        Stream<String> parents =
                Stream.concat(
                                Stream.ofNullable(type.getSuperclass()),
                                Arrays.stream(type.getInterfaces()))
                        .map(Class::getName)
                        .filter(name ->
                                !name.equals("java.lang.Object")
                                        && !name.equals("java.lang.Record"));
        String all = parents.collect(Collectors.joining(", "));
        return all.isEmpty() ? "" : " : " + all;
    }

    private static String shortened(String member, Class<?> type) {
        return member.replace(type.getName() + ".", "")
                .replaceAll("java\\.lang\\.(?=[A-Z])", "")
                .replace("public ", "");
    }
}
