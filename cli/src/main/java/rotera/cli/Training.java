package rotera.cli;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Runs one command per line of the standard input, all in this JVM: {@code ./build} records what
 * they load, so that later starts are fast. A line that ends with {@code &} runs in the background,
 * one that ends with {@code < FILE} reads that file. Not reached by any command of the program.
 */
final class Training {
    /** For a background command to begin. When that takes longer, only speed is lost. */
    private static final long BEGIN_MILLIS = 1500;

    /** A build must not hang because a command does. */
    private static final long LONGEST_MILLIS = 20_000;

    private Training() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            run(line.strip());
        }
        System.exit(0);
    }

    private static void run(String line) throws IOException, InterruptedException {
        if (line.endsWith("&")) {
            start(line.substring(0, line.length() - 1)).join(BEGIN_MILLIS);
            return;
        }
        int file = line.indexOf(" < ");
        if (file < 0) {
            finish(start(line));
            return;
        }
        try (InputStream input = new FileInputStream(line.substring(file + 3))) {
            System.setIn(input);
            finish(start(line.substring(0, file)));
        }
    }

    private static Thread start(String command) {
        return Thread.ofPlatform().daemon().start(() -> Main.run(words(command)));
    }

    private static void finish(Thread command) throws InterruptedException {
        command.join(LONGEST_MILLIS);
        if (command.isAlive()) System.exit(1);
    }

    private static String[] words(String line) {
        return line.strip().split(" +", -1);
    }
}
