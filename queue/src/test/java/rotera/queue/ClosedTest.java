package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was closed is of no more use, and what nobody closed is freed all the same. */
@Timeout(60)
class ClosedTest {
    @TempDir Path directory;

    /** All public methods of the class, called with arguments that an open one takes. */
    private static List<String> taken(Object closed, Set<String> allowed) throws Exception {
        List<String> taken = new ArrayList<>();
        for (Method method : closed.getClass().getDeclaredMethods()) {
            boolean skipped =
                    !Modifier.isPublic(method.getModifiers())
                            || Modifier.isStatic(method.getModifiers())
                            || method.isSynthetic()
                            || allowed.contains(method.getName());
            if (skipped) continue;
            Object[] arguments =
                    Arrays.stream(method.getParameterTypes()).map(ClosedTest::argument).toArray();
            try {
                Object result = method.invoke(closed, arguments);
                boolean failed =
                        result instanceof CompletableFuture<?> future
                                && isRefusal(future.exceptionNow());
                if (!failed) taken.add(method.toString());
            } catch (InvocationTargetException e) {
                if (!isRefusal(e.getCause())) taken.add(method + ": " + e.getCause());
            }
        }
        return taken;
    }

    private static boolean isRefusal(@Nullable Throwable failure) {
        return (failure instanceof IllegalStateException
                        || failure instanceof QueueException.QueueClosedException)
                && String.valueOf(failure.getMessage()).contains("closed");
    }

    private static Object argument(Class<?> type) {
        if (type == int.class) return 0;
        if (type == long.class) return 0L;
        if (type == boolean.class) return false;
        if (type == byte[].class) return new byte[] {1};
        if (type == String.class) return "a";
        if (type == MemorySegment.class) return MemorySegment.ofArray(new byte[8]);
        if (type == Envelope.class) return Envelope.NONE;
        if (type == Producer.class) return Producer.NONE;
        if (type == Batch.class) return new Batch().add("a");
        if (type == Messages.class) return new Messages();
        if (type == Start.class) return Start.oldest();
        if (type == Duration.class) return Duration.ZERO;
        if (type == BooleanSupplier.class) return (BooleanSupplier) () -> true;
        if (type == Runnable.class) return (Runnable) () -> {};
        if (type == Object.class) return new Object();
        if (type.isInterface())
            return java.lang.reflect.Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> null);
        throw new AssertionError("no argument of " + type);
    }

    @Test
    void everyCallOfAClosedBatchIsAnError() throws Exception {
        Batch batch = new Batch().add("a");
        batch.close();
        batch.close();
        assertThat(taken(batch, Set.of("close"))).isEmpty();
    }

    @Test
    void everyCallOfClosedMessagesIsAnError() throws Exception {
        Messages messages = new Messages();
        messages.close();
        messages.close();
        assertThat(taken(messages, Set.of("close"))).isEmpty();
    }

    @Test
    void everyCallOfAClosedFileIsAnError() throws Exception {
        Path path = Rot.create(directory, Rot.SMALLEST);
        RotFile file = RotFile.open(path);
        file.close();
        file.close();
        // What is known of a file stays known; a listener of a closed one is never called.
        Set<String> harmless =
                Set.of(
                        "close",
                        "path",
                        "name",
                        "uniqueId",
                        "failure",
                        "findings",
                        "warnings",
                        "onCommit");
        assertThat(taken(file, harmless)).isEmpty();
    }

    @Test
    void aBatchThatRefusesAMessageStaysAsItWas() {
        try (Batch batch = new Batch().add("a")) {
            byte[] bytes = {1, 2, 3};
            assertThatThrownBy(() -> batch.add(bytes, 1, 3))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> batch.add(bytes, 0, -1))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            MemorySegment segment = MemorySegment.ofArray(bytes);
            assertThatThrownBy(() -> batch.add(segment, 3, 1))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(batch.count()).isEqualTo(1);
            assertThat(batch.bytes()).isEqualTo(5);
        }
    }

    @Test
    void memoryThatNobodyClosesIsFreed() throws Exception {
        MemorySegment.Scope batch = new Batch().add(new byte[1 << 20]).body().payload().scope();
        MemorySegment.Scope messages = new Messages().data().scope();
        while (batch.isAlive() || messages.isAlive()) {
            System.gc();
            Thread.sleep(10);
        }
    }

    @Test
    void dataOfMessagesThatNobodyClosesStaysAsLongAsSomebodyHasIt() throws Exception {
        MemorySegment data = new Messages().data();
        MemorySegment.Scope other = new Messages().data().scope();
        while (other.isAlive()) {
            System.gc();
            Thread.sleep(10);
        }
        for (int i = 0; i < 5; i++) System.gc();
        assertThat(data.get(ValueLayout.JAVA_BYTE, 0)).isZero();
    }

    @Test
    void aBatchBeginsSmallAndGrows() {
        try (Batch batch = new Batch().add(new byte[100])) {
            assertThat(batch.body().capacity()).isEqualTo(1280);
            for (int i = 0; i < 1000; i++) batch.add(new byte[100]);
            assertThat(batch.body().capacity()).isLessThan(4 * batch.bytes());
        }
    }
}
