package rotera.kafka.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;

/** What a program saw, a line each; an exception is a fact like others. */
final class Facts {
    private final List<String> lines = new ArrayList<>();

    void add(String name, Callable<?> question) throws Exception {
        lines.add(name + ": " + answer(question));
    }

    /** The types of exceptions are part of what clients promise; their messages are not. */
    private static String answer(Callable<?> question) throws Exception {
        try {
            return String.valueOf(question.call());
        } catch (ExecutionException e) {
            if (e.getCause() == null) throw e;
            return e.getCause().getClass().getSimpleName();
        } catch (KafkaException e) {
            return e.getClass().getSimpleName();
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
