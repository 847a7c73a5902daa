package rotera.kafka;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.common.errors.RetriableException;

/**
 * A member of a group in a process of its own, to be killed. It tells of each record, in a line,
 * before it commits it.
 */
final class ConsumerProcess implements AutoCloseable {
    /** Each member has its topics. */
    private static final Map<String, Object> ROUND_ROBIN =
            Map.of(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                    RoundRobinAssignor.class.getName());

    private final Process process;
    private final Thread reading;

    private ConsumerProcess(Process process, Consumer<String> lines) {
        this.process = process;
        reading = Thread.ofPlatform().start(() -> read(process, lines));
    }

    /**
     * Starts it, without waiting until it is a member.
     *
     * @param lines is given topic, offset and value of each record, with blanks between
     */
    static ConsumerProcess start(String servers, List<String> topics, Consumer<String> lines)
            throws IOException {
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ConsumerProcess.class.getName(),
                        servers,
                        String.join(",", topics));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return new ConsumerProcess(process, lines);
    }

    /** What is cut at the end was never told. */
    private static void read(Process process, Consumer<String> lines) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.endsWith(".")) lines.accept(line.substring(0, line.length() - 1));
            }
        } catch (IOException e) {
            // It was killed.
        }
    }

    public static void main(String[] arguments) {
        List<String> topics = List.of(arguments[1].split(",", -1));
        PrintStream output =
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        AtomicBoolean over = new AtomicBoolean();
        Thread.ofPlatform().daemon().start(() -> awaitEnd(over));
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(RunningConsumer.settings(arguments[0], ROUND_ROBIN))) {
            consumer.subscribe(topics);
            while (!over.get()) poll(consumer, output);
        }
    }

    /** A byte, or the end of who started this. */
    private static void awaitEnd(AtomicBoolean over) {
        try {
            var _ = System.in.read();
        } catch (IOException e) {
            // It is gone.
        }
        over.set(true);
    }

    private static void poll(KafkaConsumer<String, String> consumer, PrintStream output) {
        ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
        for (ConsumerRecord<String, String> each : records)
            output.print(each.topic() + " " + each.offset() + " " + each.value() + ".\n");
        output.flush();
        if (records.isEmpty()) return;
        try {
            consumer.commitSync(Duration.ofSeconds(5));
        } catch (CommitFailedException | RetriableException e) {
            // Someone is given them again.
        }
    }

    /** As {@code kill -9} does. */
    void kill() {
        process.destroyForcibly();
        end();
    }

    /** Has it leave the group. */
    @Override
    public void close() {
        try {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new AssertionError("it is gone", e);
        }
        end();
    }

    private void end() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) throw new AssertionError("it lives on");
            reading.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
