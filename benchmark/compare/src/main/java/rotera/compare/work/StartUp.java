package rotera.compare.work;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import rotera.compare.contender.Contender;
import rotera.compare.contender.Contenders;
import rotera.compare.contender.Content;
import rotera.compare.contender.Jvm;
import rotera.compare.contender.Producer;

/**
 * From the start of the process on files that exist already until one message is acknowledged: of
 * the server, or of a JVM that opens the library.
 */
final class StartUp implements Work {

    @Override
    public void run(Stage stage) throws Exception {
        sendOne(stage.contender, stage.setup.messageBytes());
        stage.contender.close();
        Stage.settle();
        long begin = System.nanoTime();
        if (stage.contender.processes().isEmpty() && stage.which != Contenders.AERON) {
            startJvm(stage);
        } else {
            stage.contender.start();
            sendOne(stage.contender, stage.setup.messageBytes());
        }
        stage.put(Figure.START, (System.nanoTime() - begin) / 1e9);
    }

    static void sendOne(Contender contender, int messageBytes) throws Exception {
        try (Producer producer = contender.producer(Contender.MEASURED)) {
            producer.add(new Content(0, messageBytes).next());
            producer.endBatch().await();
        }
    }

    private static void startJvm(Stage stage) throws IOException, InterruptedException {
        List<String> command =
                Jvm.command(
                        List.of("-XX:+UseSerialGC", "-Xshare:auto"),
                        FirstMessage.class.getName(),
                        stage.which.name(),
                        stage.setup.directory().toString(),
                        String.valueOf(stage.setup.messageBytes()),
                        String.valueOf(stage.setup.roomBytes()),
                        String.valueOf(stage.setup.durable()));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader output = process.inputReader()) {
            String line = output.readLine();
            if (!FirstMessage.DONE.equals(line)) throw new IOException("no first message: " + line);
        }
        process.destroy();
        int _ = process.waitFor();
    }
}
