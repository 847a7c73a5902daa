package rotera.cli.repl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;
import rotera.cli.text.CommandException;
import rotera.cli.text.Figures;
import rotera.cli.text.PipeClosedException;
import rotera.cli.text.WholeNumber;
import rotera.client.RemoteQueue;
import rotera.protocol.QueueInfo;
import rotera.queue.Batch;
import rotera.queue.MessageStream;
import rotera.queue.Messages;
import rotera.queue.Queue;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.Start;
import rotera.queue.Status;

/** Interprets the lines of {@code rotera repl}, one after the other, without a terminal. */
final class Repl implements AutoCloseable {
    /** How soon a stream notices that it was interrupted. */
    private static final Duration LOOK_UP = Duration.ofMillis(100);

    private static final int MAX_BATCH = 1_000_000;

    /** A command reads or changes the queue with what stands behind its name. */
    private interface Action {
        void run(String rest) throws InterruptedException;
    }

    private record Command(String usage, String help, Action action) {}

    /** Stands for the oldest message, whichever that is. */
    private static final long OLDEST = -1;

    private final Map<String, Command> commands = new LinkedHashMap<>();
    private final ReplQueues queues;
    private final ReplOutput output;
    private final boolean follows;
    private String name = "";
    private @Nullable Queue queue;
    private long currentId = OLDEST;
    private int batchSize = 10;
    private boolean printIds = true;
    private boolean ended;
    private volatile boolean interrupted;

    /**
     * Begins without a queue.
     *
     * @param follows whether {@code :stream} of a file waits at its end. As long as we hold the
     *     file nobody else adds to it: only a person can want to wait
     */
    Repl(ReplQueues queues, ReplOutput output, boolean follows) {
        this.queues = queues;
        this.output = output;
        this.follows = follows;
        add(":queue", "QUEUE", "use this queue: a number, a name, or a file", this::choose);
        add(":print-ids", "[on|off]", "whether messages have their ids in front", this::printIds);
        add(":batch", "N", "how many messages :read-batch shows", this::batch);
        add(":read", "[ID]", "show the message ID, or the current one", this::read);
        add(":read-batch", "[ID]", "show messages from ID on, or the current one", this::readBatch);
        add(":stream", "[ID]", "show messages as they come, until Ctrl-C", this::stream);
        add(":push", "TEXT", "push the rest of the line as one message, commit", this::push);
        add(":ping", "", "tell the next id and whether the server is alive", this::ping);
        add(":current", "[ID]", "show the settings, or make ID the current id", this::current);
        add(":inspect", "", "tell what the queue is and holds", this::inspect);
        add(":queues", "", "list the queues of the server", this::list);
        add(":clear", "", "clear the screen", rest -> {});
        add(":help", "", "show this, also :h", this::help);
        add(":quit", "", "end, also :q", this::quit);
    }

    private void add(String command, String usage, String help, Action action) {
        commands.put(command, new Command(usage, help, action));
    }

    Set<String> commands() {
        return commands.keySet();
    }

    List<String> queueNames() {
        return queues.list().stream()
                .map(info ->
                        info.file().name().isEmpty()
                                ? Long.toString(info.number())
                                : info.file().name())
                .toList();
    }

    /** What was chosen with {@code :queue}; may be empty. */
    String queueName() {
        return name;
    }

    /** Whether the last line was {@code :quit}. */
    boolean ended() {
        return ended;
    }

    /** Ends what is being shown, from any thread. */
    void interrupt() {
        interrupted = true;
    }

    /** Uses a queue from the beginning; false if it cannot be opened, which was told. */
    boolean begin(String queue) {
        name = queue;
        return run(rest -> queue(), "");
    }

    /** Runs one line; false if it failed, which was told. */
    boolean run(String line) {
        return line.isBlank() || run(this::interpret, line);
    }

    private boolean run(Action action, String line) {
        interrupted = false;
        try {
            action.run(line);
            return true;
        } catch (CommandException | QueueException | TypeConversionException e) {
            output.error(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            output.error("interrupted");
        } catch (PipeClosedException e) {
            throw e;
        } catch (RuntimeException e) {
            output.error("unexpected error: " + e);
        } finally {
            output.flush();
        }
        return false;
    }

    private void interpret(String line) throws InterruptedException {
        int begin = 0;
        while (Character.isWhitespace(line.charAt(begin))) begin++;
        int end = begin;
        while (end < line.length() && !Character.isWhitespace(line.charAt(end))) end++;
        String word = line.substring(begin, end);
        // All behind one blank: a message may begin and end with blanks.
        String rest = end == line.length() ? "" : line.substring(end + 1);
        Command command = find(word);
        if (command.usage.isEmpty() && !rest.isBlank()) {
            throw new CommandException(
                    "%s takes nothing behind it, not '%s'".formatted(word, rest.strip()));
        }
        command.action.run(rest);
    }

    private Command find(String word) {
        String name = word.equals(":q") ? ":quit" : word.equals(":h") ? ":help" : word;
        Command command = commands.get(name);
        if (command != null) return command;
        String hint = commands.containsKey(":" + word) ? ", did you mean :" + word + "?" : "";
        throw new CommandException("'" + word + "' is no command" + hint + " (:help lists them)");
    }

    private void choose(String rest) {
        if (rest.isBlank()) throw missing(":queue", "a number, a name, or a file");
        String before = name.isEmpty() ? "none" : name;
        String wanted = rest.strip();
        if (isOpen(wanted)) close(); // a file can be open once
        Queue opened = openInstead(wanted);
        close();
        queue = opened;
        name = wanted;
        currentId = OLDEST;
        output.answer(
                "Overwriting old value of `queue` (" + before + ") with new value of " + name);
    }

    private boolean isOpen(String wanted) {
        try {
            return absolute(wanted).equals(absolute(name));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static Path absolute(String file) {
        return Path.of(file).toAbsolutePath().normalize();
    }

    /**
     * A person sees which queue is used, and keeps it when another cannot be opened. A script does
     * not: what follows must never reach the queue before.
     */
    private Queue openInstead(String wanted) {
        try {
            return queues.open(wanted);
        } catch (CommandException | QueueException e) {
            if (!follows) {
                close();
                name = "";
                currentId = OLDEST;
            } else if (!name.isEmpty()) {
                output.notice("still using " + name);
            }
            throw e;
        }
    }

    private void printIds(String rest) {
        printIds =
                switch (rest.strip().toLowerCase(Locale.ROOT)) {
                    case "" -> !printIds;
                    case "on" -> true;
                    case "off" -> false;
                    default ->
                            throw new CommandException(
                                    ":print-ids takes on, off or nothing, not '"
                                            + rest.strip()
                                            + "'");
                };
        output.notice("ids are " + (printIds ? "printed" : "not printed"));
    }

    private void batch(String rest) {
        if (rest.isBlank()) throw missing(":batch", "a number of messages");
        int before = batchSize;
        batchSize = (int) WholeNumber.parse(rest.strip(), 1, MAX_BATCH);
        output.answer(
                "Overwriting old value of `batch` (%d) with new value of %d"
                        .formatted(before, batchSize));
    }

    private void read(String rest) {
        read(rest, 1);
    }

    private void readBatch(String rest) {
        read(rest, batchSize);
    }

    private void read(String rest, int most) {
        long id = id(rest);
        long next = retrying(Queue::ping).next();
        Queue from = queue();
        if (id > next) {
            throw new CommandException(
                    "id %d is beyond the end: the next message will be %d; :stream %d waits for it"
                            .formatted(id, next, id));
        }
        currentId = id;
        try (Messages messages = new Messages()) {
            for (int left = most; left > 0 && !interrupted; left -= messages.count()) {
                if (from.read(currentId, left, messages) == 0) break;
                show(messages);
            }
        } catch (QueueException.CorruptMessageException e) {
            currentId = e.resumeId();
            throw e;
        } catch (QueueException e) {
            throw dropIfLost(e);
        }
        if (currentId == id) output.notice("there is no message " + id + " yet");
    }

    private void show(Messages messages) {
        if (messages.skipped() > 0) {
            output.notice(
                    "skipped %d messages (ids %d to %d): they had been overwritten"
                            .formatted(
                                    messages.skipped(),
                                    messages.firstId() - messages.skipped(),
                                    messages.firstId() - 1));
        }
        while (messages.next()) {
            // As wide as the original had them.
            String prefix = printIds ? String.format(Locale.ROOT, "%011d ", messages.id()) : "";
            output.message(prefix, messages.toByteArray());
        }
        currentId = messages.nextId();
    }

    private void stream(String rest) throws InterruptedException {
        currentId = id(rest);
        Status status = retrying(Queue::ping);
        Queue from = queue();
        long total = Long.MAX_VALUE;
        if (from instanceof RotFile && !follows) {
            total = Math.max(0, status.next() - Math.max(currentId, status.oldest()));
        }
        if (follows) output.notice("from id " + currentId + " on; Ctrl-C ends this");
        try (MessageStream stream = from.stream(Start.id(currentId), total)) {
            output.flush();
            while (!interrupted && !stream.isEnded()) {
                Messages messages = next(stream);
                show(messages);
                if (messages.count() > 0) output.flush();
            }
            // Ends the line in which the terminal showed the Ctrl-C.
            if (interrupted) output.notice("");
        } catch (QueueException e) {
            throw dropIfLost(e);
        }
    }

    /** A damaged place is told, and the stream goes on behind it. */
    private Messages next(MessageStream stream) throws InterruptedException {
        while (true) {
            try {
                return stream.poll(LOOK_UP);
            } catch (QueueException.CorruptMessageException e) {
                currentId = e.resumeId();
                output.error(String.valueOf(e.getMessage()));
            }
        }
    }

    private void push(String text) {
        if (text.isEmpty()) throw missing(":push", "the text of the message");
        // A connection that was lost meanwhile shows here, where trying again does no harm.
        retrying(Queue::ping);
        Queue to = queue();
        try (Batch batch = new Batch()) {
            to.push(batch.add(text.getBytes(UTF_8)));
            output.notice("committed, next id " + to.commit());
        } catch (QueueException e) {
            // Not tried again: it could be there twice then.
            throw dropIfLost(e);
        }
    }

    private void ping(String rest) {
        Status status = retrying(Queue::ping);
        output.answer(
                "Next message is "
                        + status.next()
                        + (status.alive() ? ". Server is alive." : ". Server shutting down."));
    }

    private void current(String rest) {
        if (!rest.isBlank()) {
            currentId = id(rest);
            return;
        }
        output.answer("Queue:       " + (name.isEmpty() ? "none" : name));
        output.answer("PrintIds:    " + (printIds ? "On" : "Off"));
        output.answer("Batch:       " + batchSize);
        output.answer("Current:     " + (currentId < 0 ? "oldest" : currentId));
    }

    private void inspect(String rest) {
        retrying(Repl::describe).forEach(output::answer);
    }

    private static List<String> describe(Queue queue) {
        return switch (queue) {
            case RotFile file -> Figures.of(file).lines(false).lines().toList();
            case RemoteQueue remote -> Figures.of(remote.info()).lines(false).lines().toList();
            default -> throw new CommandException("this queue does not tell what it holds");
        };
    }

    private void list(String rest) {
        for (QueueInfo info : queues.list()) {
            output.answer(
                    "%d  %s  messages %d, next id %d"
                            .formatted(
                                    info.number(),
                                    info.file().name().isEmpty() ? "-" : info.file().name(),
                                    info.file().messages(),
                                    info.file().committed().id()));
        }
    }

    private void help(String rest) {
        output.answer("Commands:");
        commands.forEach((command, how) ->
                output.answer(
                        "    %-20s -- %s"
                                .formatted((command + " " + how.usage).strip(), how.help)));
    }

    private void quit(String rest) {
        ended = true;
        output.notice("Exiting rotera-repl...");
    }

    /** The id that is named, or else the current one. */
    private long id(String text) {
        if (!text.isBlank()) return WholeNumber.parse(text.strip(), 0, Long.MAX_VALUE);
        if (currentId == OLDEST) currentId = retrying(Queue::ping).oldest();
        return currentId;
    }

    private interface Question<T> {
        T ask(Queue queue);
    }

    /**
     * Asks something that changes nothing, and once more if the connection turns out to be lost.
     */
    private <T> T retrying(Question<T> question) {
        try {
            return question.ask(queue());
        } catch (QueueException e) {
            if (!isLost(e)) throw e;
            output.notice(e.getMessage() + "; trying again");
            drop();
            return question.ask(queue());
        }
    }

    /** The queue that was chosen, opened if it is not, or not any more. */
    private Queue queue() {
        if (name.isEmpty()) throw new CommandException("no queue is chosen: :queue NAME does it");
        Queue open = queue;
        if (open == null) {
            open = queues.open(name);
            queue = open;
        }
        return open;
    }

    private static CommandException missing(String command, String what) {
        return new CommandException(command + " needs " + what + " behind it");
    }

    private QueueException dropIfLost(QueueException e) {
        if (isLost(e)) {
            drop();
            output.notice("the next command connects again");
        }
        return e;
    }

    private static boolean isLost(QueueException e) {
        return e instanceof QueueException.ConnectionLostException
                || e instanceof QueueException.TimedOutException
                || e instanceof QueueException.ShuttingDownException
                || e instanceof QueueException.QueueClosedException;
    }

    private void drop() {
        try {
            close();
        } catch (QueueException e) {
            // It was lost before, which was told.
        }
    }

    @Override
    public void close() {
        Queue open = queue;
        queue = null;
        if (open != null) open.close();
    }
}
