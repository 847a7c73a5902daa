package rotera.compare.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rotera.compare.contender.Contenders;

/** What this ran on, and which version of everything. */
final class Machine {
    private static final Pattern VERSION = Pattern.compile("\\d+(\\.\\d+)+[-\\w.]*");

    private Machine() {}

    static Map<String, String> facts(Path root, Path directory) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("processors", Runtime.getRuntime().availableProcessors() + " x " + processor());
        facts.put("memory", memory());
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        Path existing = Files.exists(directory) ? directory : root;
        facts.put(
                "file system",
                Files.getFileStore(existing).type() + ", " + Files.getFileStore(existing).name());
        facts.put(
                "JDK",
                System.getProperty("java.vm.vendor") + " " + System.getProperty("java.vm.version"));
        facts.put(
                "Rotera",
                output(List.of("git", "-C", root.toString(), "describe", "--always", "--dirty")));
        return facts;
    }

    private static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    private static String memory() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/meminfo")).getFirst();
        return Long.parseLong(line.replaceAll("\\D", "")) / (1 << 20) + " GiB";
    }

    static String version(Contenders contender) throws IOException {
        return switch (contender) {
            case ROTERA, ROTERA_FILE, FILE -> "this one";
            case ROTERA_KAFKA -> "this one, client " + jar("kafka-clients");
            case KAFKA, KAFKA_TIGHT -> jar("kafka_2.13") + ", client " + jar("kafka-clients");
            case NATS -> program("nats-server", "--version") + ", client jnats " + jar("jnats");
            case REDIS -> program("redis-server", "--version") + ", client Jedis " + jar("jedis");
            case RABBITMQ ->
                    program("dpkg-query", "-W", "-f=${Version}", "rabbitmq-server")
                            + ", client stream-client "
                            + jar("stream-client");
            case CHRONICLE -> jar("chronicle-queue");
            case AERON -> jar("aeron-archive");
            case SQLITE -> "sqlite-jdbc " + jar("sqlite-jdbc");
            case TAPE -> jar("tape");
        };
    }

    /** The version in the name of a jar of the class path. */
    private static String jar(String name) {
        Matcher matcher =
                Pattern.compile("/" + Pattern.quote(name) + "-(\\d[^/:]*)\\.jar")
                        .matcher(System.getProperty("java.class.path"));
        return matcher.find() ? matcher.group(1) : "unknown";
    }

    private static String program(String... command) throws IOException {
        Matcher matcher = VERSION.matcher(output(List.of(command)));
        return matcher.find() ? matcher.group() : "unknown";
    }

    private static String output(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            byte[] output = process.getInputStream().readAllBytes();
            return new String(output, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
