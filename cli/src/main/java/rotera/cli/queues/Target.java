package rotera.cli.queues;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import rotera.cli.text.CommandException;
import rotera.client.QueueAddress;
import rotera.queue.RotFile;

/** Which queue a command means. */
public sealed interface Target {
    /** The operand in the help of the commands. */
    String DESCRIPTION =
            "Number or name of a queue on the server, HOST:PORT/QUEUE on another one, or a file.";

    /**
     * A queue of a server, by its number or its name.
     *
     * @param servers in the order in which they are tried; empty for the one that the options name
     */
    record OnServer(List<QueueAddress.Server> servers, String queue) implements Target {}

    /** A file that is used directly, without a server. */
    record InFile(Path path) implements Target {

        /** Opens the file, and tells on standard error what is wrong with it. */
        public RotFile open(boolean toWrite) {
            checkExists(toWrite ? "make it with: rotera create " + path : "check the name");
            RotFile file = toWrite ? RotFile.open(path) : RotFile.openReadOnly(path);
            file.findings().forEach(finding -> System.err.println(path + ": " + finding));
            return file;
        }

        /** Says what to do where the system would only say what is wrong. */
        public void checkExists() {
            checkExists("check the name");
        }

        private void checkExists(String remedy) {
            if (Files.isDirectory(path)) {
                throw new CommandException(
                        path + " is a directory, not a rot file: name one of the files in it");
            }
            if (Files.notExists(path)) {
                throw new CommandException("there is no file " + path + ": " + remedy);
            }
        }
    }

    /** The grammar of {@link QueueAddress}. */
    final class Converter implements ITypeConverter<Target> {
        @Override
        public Target convert(String text) {
            return switch (converted(QueueAddress::parse, text)) {
                case QueueAddress.InFile(Path path) -> new InFile(path);
                case QueueAddress.OnServer(List<QueueAddress.Server> servers, String queue) ->
                        new OnServer(servers, queue);
            };
        }
    }

    /** The number of a queue. */
    final class NumberConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return number(text);
        }
    }

    /** Reads the number of a queue; if it is none, says what is allowed. */
    static long number(String text) {
        return converted(QueueAddress::number, text);
    }

    private static <T> T converted(Function<String, T> reader, String text) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
