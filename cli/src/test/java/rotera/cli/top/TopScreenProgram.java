package rotera.cli.top;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import rotera.cli.text.CommandException;
import rotera.protocol.QueueInfo;

/** {@code rotera top} with figures that are made up; now and then there is no server. */
final class TopScreenProgram {
    private TopScreenProgram() {}

    public static void main(String[] arguments) {
        AtomicInteger asked = new AtomicInteger();
        TopCommand.Source source = () -> answer(asked.incrementAndGet());
        try (TopScreen screen = new TopScreen(source, "top of nothing")) {
            screen.run(Duration.ofMillis(200), Long.MAX_VALUE);
        }
    }

    private static List<QueueInfo> answer(int times) {
        if (times % 10 == 5) throw new CommandException("the server went away");
        return TopTableTest.QUEUES;
    }
}
