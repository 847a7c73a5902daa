package rotera.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import rotera.cli.text.Output;
import rotera.cli.text.Printer;
import rotera.cli.text.Printer.Column;
import rotera.cli.text.Printer.Format;
import rotera.cli.text.Terminal;

/** How messages are printed: the options that read and stream share. */
final class OutputOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--format",
            paramLabel = "FORM",
            defaultValue = "text",
            converter = FormatConverter.class,
            description =
                    "text: bytes and a line end (default); json: an object per line; raw: bytes and"
                            + " nothing between; hex: for people.")
    private Format format;

    @Option(
            names = {"-p", "--print-ids"},
            description = "Print the id before each message.")
    private boolean printIds;

    @Option(names = "--print-times", description = "Print when each was pushed, in UTC.")
    private boolean printTimes;

    @Option(names = "--print-keys", description = "Print the key, - for none, and a tab.")
    private boolean printKeys;

    @Option(
            names = "--print-headers",
            description = "Print the headers as NAME=VALUE,..., - for none, and a tab.")
    private boolean printHeaders;

    @Option(names = "--nul", description = "End messages with a NUL instead of a line end.")
    private boolean nul;

    /**
     * A printer on standard output for these options.
     *
     * @param skipsAreMissed whether overwritten messages before the first one are told
     */
    Printer printer(boolean skipsAreMissed) {
        return printer(new Output(), Terminal.isStandardOutput(), skipsAreMissed);
    }

    /** The same, on another output. */
    Printer printer(Output output, boolean toTerminal, boolean skipsAreMissed) {
        List<Column> columns = columns();
        if (format != Format.TEXT && nul) refuse("--nul");
        if (format == Format.RAW && !columns.isEmpty()) refuse("--print-" + plural(columns));
        if (format == Format.RAW && toTerminal) {
            throw new ParameterException(
                    command.commandLine(),
                    "--format raw could drive your terminal: send it to a pipe or a file, or use"
                            + " --format text or hex");
        }
        return new Printer(output, format, columns, nul ? 0 : '\n', toTerminal, skipsAreMissed);
    }

    private List<Column> columns() {
        List<Column> columns = new ArrayList<>();
        if (printIds) columns.add(Column.ID);
        if (printTimes) columns.add(Column.TIME);
        if (printKeys) columns.add(Column.KEY);
        if (printHeaders) columns.add(Column.HEADERS);
        return columns;
    }

    private static String plural(List<Column> columns) {
        String name = columns.getFirst().name().toLowerCase(Locale.ROOT);
        return name.endsWith("s") ? name : name + "s";
    }

    private void refuse(String option) {
        throw new ParameterException(
                command.commandLine(),
                option + " goes with --format text, not " + format.name().toLowerCase(Locale.ROOT));
    }

    /** For picocli. */
    static final class FormatConverter implements ITypeConverter<Format> {
        @Override
        public Format convert(String text) {
            return switch (text) {
                case "text" -> Format.TEXT;
                case "json" -> Format.JSON;
                case "raw" -> Format.RAW;
                case "hex" -> Format.HEX;
                default ->
                        throw new TypeConversionException(
                                "'" + text + "' is no format: write text, json, raw or hex");
            };
        }
    }
}
