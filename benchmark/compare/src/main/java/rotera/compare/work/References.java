package rotera.compare.work;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rotera.compare.contender.Contender;
import rotera.compare.contender.RoteraServer;

/**
 * What the machine allows at most: bare loops and a bare server in C, the same bytes over loopback,
 * and Rotera's server with a client that costs next to nothing ({@code
 * benchmark/src/main/c/load.c}).
 */
final class References implements Work {
    private static final String LOAD = System.getProperty("compare.load", "");

    static boolean isPossible() {
        return Files.isExecutable(Path.of(LOAD));
    }

    @Override
    public void run(Stage stage) throws Exception {
        Path file = stage.setup.directory().resolve("bare");
        Files.write(file, new byte[64 << 20]);
        Stage.settle();
        String seconds = String.valueOf(stage.scale.seconds());
        String size = String.valueOf(stage.setup.messageBytes());
        long messages = stage.scale.bytes() / stage.setup.messageBytes();
        String count = String.valueOf(messages);
        Said loop = say("disk", file.toString(), seconds, size);
        stage.put(Figure.LOOP_ONE, loop.rate());
        stage.put(Figure.LOOP_ONE_P99, loop.p99Millis());
        Said bare = say("bare", file.toString(), seconds, size);
        stage.put(Figure.BARE_ONE, bare.rate());
        stage.put(Figure.BARE_ONE_P99, bare.p99Millis());
        stage.put(Figure.COPY, load("copy", count, "1000", size));

        String port = String.valueOf(((RoteraServer) stage.contender).port());
        String queue = String.valueOf(Contender.MEASURED);
        double _ =
                load(
                        "commit",
                        port,
                        queue,
                        String.valueOf(stage.scale.warmUpSeconds()),
                        "16",
                        size);
        stage.put(Figure.RAW_ONE_64, load("commit", port, queue, seconds, "64", size));
        stage.put(Figure.RAW_ONE_16, load("commit", port, queue, seconds, "16", size));
        stage.put(Figure.RAW_ONE_1, load("commit", port, queue, seconds, "1", size));
        double _ = load("push", port, queue, String.valueOf(messages / 2), "1000", size);
        Stage.settle();
        stage.put(Figure.RAW_PUSH, load("push", port, queue, count, "1000", size));
        double _ = load("stream", port, queue, String.valueOf(messages / 2), "1000");
        stage.put(Figure.RAW_STREAM, load("stream", port, queue, count, "1000"));
    }

    private static double load(String... arguments) throws IOException, InterruptedException {
        return say(arguments).rate();
    }

    /** What the program says: a rate, and of some works "p99 N us". */
    private record Said(String output) {
        private static final Pattern P99 = Pattern.compile("p99 (\\d+) us");

        double rate() {
            return Double.parseDouble(output.substring(0, output.indexOf(' ')));
        }

        double p99Millis() {
            Matcher matcher = P99.matcher(output);
            if (!matcher.find()) throw new IllegalStateException("no p99 in " + output);
            return Integer.parseInt(matcher.group(1)) / 1e3;
        }
    }

    private static Said say(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(LOAD));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) throw new IOException(command + " failed");
        return new Said(output);
    }
}
