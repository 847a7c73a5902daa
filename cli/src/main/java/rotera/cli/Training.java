package rotera.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Runs one command per line of the standard input, all in this JVM: {@code ./build} records what
 * they load, so that later starts are fast. A line that ends with {@code &} runs in the background.
 * Not reached by any command of the program.
 */
final class Training {
    private Training() {}

    public static void main(String[] arguments) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String command = line.strip();
            if (command.endsWith("&")) {
                String[] words = command.substring(0, command.length() - 1).strip().split(" +", -1);
                Thread.ofPlatform().daemon().start(() -> Main.run(words));
            } else {
                Main.run(command.split(" +", -1));
            }
        }
        System.exit(0);
    }
}
