package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.ServerProcess;

/**
 * Kills {@code rotera consume} and the command it runs, again and again, at any moment: every
 * message is handled at least once, whole, and the first time in order.
 */
@Timeout(240)
final class ConsumeKillCrashTest {
    private static final int KILLS = 10;
    private static final int MESSAGES = 3000;

    @TempDir private Path directory;

    @Test
    void everyMessageIsHandledAtLeastOnce() throws Exception {
        long seed = Long.getLong("rotera.firstSeed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path handler = directory.resolve("handle");
        // A write to a file that was opened to append is whole or not there.
        Files.writeString(
                handler,
                "#!/bin/bash\nwhile read -r line; do echo \"$line\" >>handled; [[ $line == *\"5 end\" ]] && sleep 0.02; done; true\n");
        Files.setPosixFilePermissions(handler, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> messages =
                IntStream.range(0, MESSAGES).mapToObj(i -> "message " + i + " end").toList();
        try (ServerProcess server = ServerProcess.start(directory, "--create=55:1MiB")) {
            Program.runProcess(directory, String.join("\n", messages), server.with("push", "55"));
            for (int kill = 0; kill < KILLS; kill++) killOnce(server, random, kill);
            Process last = consume(server);
            try {
                while (!position().endsWith("next-id " + MESSAGES + "\n")) {
                    assertThat(last.isAlive()).isTrue();
                    Thread.sleep(50);
                }
                last.destroy();
                assertThat(Program.exitCode(last)).isZero();
            } finally {
                last.destroyForcibly();
            }
        }
        List<String> handled = Files.readAllLines(directory.resolve("handled"));
        System.out.println(handled.size() + " handled for " + MESSAGES);
        Set<String> firsts = new LinkedHashSet<>(handled);
        assertThat(List.copyOf(firsts)).isEqualTo(messages);
        assertThat(directory.toFile().list())
                .filteredOn(name -> name.startsWith("position"))
                .containsExactly("position");
    }

    private void killOnce(ServerProcess server, Random random, int kill) throws Exception {
        String before = position();
        Process consume = consume(server);
        try {
            // Some while it begins, most while it is at work.
            if (kill % 4 != 3)
                while (position().equals(before)
                        && consume.isAlive()
                        && !position().endsWith("next-id " + MESSAGES + "\n")) Thread.sleep(5);
            Thread.sleep(random.nextInt(300));
            if (kill % 2 == 0) {
                consume.children().forEach(ProcessHandle::destroyForcibly);
                Thread.sleep(random.nextInt(1500));
            }
            Set<ProcessHandle> commands = consume.children().collect(Collectors.toSet());
            consume.destroyForcibly();
            assertThat(Program.exitCode(consume)).isEqualTo(137);
            // Half of them go on with their batch beside the next consumer's.
            if (random.nextBoolean()) commands.forEach(ProcessHandle::destroyForcibly);
            for (ProcessHandle command : commands) command.onExit().get();
        } finally {
            consume.destroyForcibly();
        }
    }

    private Process consume(ServerProcess server) throws IOException {
        return Program.builder(
                        directory,
                        server.with(
                                "consume",
                                "--resume=position",
                                "--batch=" + 50,
                                "55",
                                "--",
                                "./handle"))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    private String position() throws IOException {
        Path file = directory.resolve("position");
        return Files.exists(file) ? Files.readString(file) : "";
    }
}
