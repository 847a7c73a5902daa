package rotera.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import rotera.cli.text.CommandException;
import rotera.cli.text.Separator;
import rotera.queue.Batch;
import rotera.queue.Queue;
import rotera.queue.QueueException;

/** What a push tells of its messages, with a queue that answers as the test wants. */
final class PushesTest {
    private final List<CompletableFuture<Long>> answers = new ArrayList<>();
    private final CompletableFuture<Long> committed = CompletableFuture.completedFuture(0L);

    /** Takes pushes and leaves their answers to the test. */
    private final Queue queue =
            (Queue)
                    Proxy.newProxyInstance(
                            Queue.class.getClassLoader(),
                            new Class<?>[] {Queue.class},
                            (proxy, method, arguments) ->
                                    switch (method.getName()) {
                                        case "pushAsync" -> {
                                            answers.add(new CompletableFuture<>());
                                            yield answers.getLast();
                                        }
                                        case "commitAsync" -> committed;
                                        default -> throw new AssertionError(method);
                                    });

    private final Pushes pushes = new Pushes(queue, Separator.LINE_END);

    @Test
    void idsAreThoseThatTheQueueGave() {
        push(1, 2);
        push(3, 3);
        answers.get(0).complete(70L);
        answers.get(1).complete(72L);
        pushes.commit();
        assertThat(pushes.report()).isEqualTo("pushed 3 messages, ids 70 to 72");
    }

    @Test
    void idsOfOthersBetweenAreTold() {
        push(1, 2);
        push(3, 3);
        answers.get(0).complete(70L);
        answers.get(1).complete(100L);
        pushes.commit();
        assertThat(pushes.report())
                .isEqualTo(
                        "pushed 3 messages, all committed, ids within 70 to 100 (others pushed as well)");
    }

    @Test
    void pushThatFailsIsNamedByItsLines() {
        push(1, 2);
        push(3, 5);
        push(6, 6);
        answers.get(0).complete(0L);
        answers.get(1).completeExceptionally(new QueueException.ShuttingDownException("it ends"));
        answers.get(2).completeExceptionally(new QueueException.ShuttingDownException("it ends"));
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(pushes::commit)
                .withMessage("lines 3 to 5: it ends");
        assertThat(pushes.report())
                .isEqualTo("pushed 2 messages, the last 2 of them not committed");
    }

    @Test
    void pushesDoNotWaitForEachOther() {
        for (int line = 1; line <= 8; line++) push(line, line);
        assertThat(answers).hasSize(8);
        assertThat(pushes.uncommitted()).isEqualTo(8);
        for (int i = 0; i < 8; i++) answers.get(i).complete((long) i);
        pushes.settle();
        assertThat(pushes.report()).endsWith("8 of them not committed");
    }

    private void push(int from, int to) {
        Batch batch = pushes.take();
        for (int line = from; line <= to; line++) batch.add("line");
        pushes.push(batch, from, to);
    }
}
