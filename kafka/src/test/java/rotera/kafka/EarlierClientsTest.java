package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Java clients of an earlier version, loaded apart from those of the class path. */
@Timeout(60)
final class EarlierClientsTest {
    @TempDir Path directory;

    @Test
    void theClientsOfTheClassPathWork() throws Exception {
        try (Broker broker = new Broker(directory)) {
            assertWorks(new ClientScenario(broker.address()), "4.");
        }
    }

    @Test
    void earlierClientsWork() throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (Broker broker = new Broker(directory);
                Apart apart = new Apart(urls())) {
            thread.setContextClassLoader(apart);
            @SuppressWarnings("unchecked")
            Callable<List<String>> scenario =
                    (Callable<List<String>>)
                            apart.loadClass(ClientScenario.class.getName())
                                    .getConstructor(String.class)
                                    .newInstance(broker.address());
            assertWorks(scenario, "3.9.");
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static void assertWorks(Callable<List<String>> scenario, String version)
            throws Exception {
        List<String> result = scenario.call();
        assertThat(result.getFirst()).startsWith(version);
        assertThat(result.subList(1, result.size()))
                .containsExactly("scenario", "key value 0", "key value 1", "key value 2");
    }

    private static URL[] urls() throws IOException {
        Path jars = Path.of("target", "earlier-clients");
        try (Stream<Path> files = Files.list(jars)) {
            Path jar = files.findFirst().orElseThrow();
            return new URL[] {
                jar.toUri().toURL(),
                ClientScenario.class.getProtectionDomain().getCodeSource().getLocation()
            };
        }
    }

    /** Has the clients, and the class that uses them, of its own. */
    private static final class Apart extends URLClassLoader {
        Apart(URL[] urls) {
            super(urls, EarlierClientsTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            boolean own =
                    name.startsWith("org.apache.kafka.")
                            || name.equals(ClientScenario.class.getName());
            if (!own) return super.loadClass(name, resolve);
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }

        @Override
        public URL getResource(String name) {
            URL own = findResource(name);
            return own == null ? super.getResource(name) : own;
        }
    }
}
