package rotera.cli;

import picocli.CommandLine.Option;

/** Which messages to print, and how: the options that read and stream share. */
final class Selection {
    @Option(
            names = {"-i", "--id"},
            paramLabel = "ID",
            converter = WholeNumber.Converter.class,
            description = "First message (default: the oldest that is kept).")
    private long id = Access.OLDEST;

    @Option(
            names = {"-p", "--print-ids"},
            description = "Print the id before each message.")
    private boolean printIds;

    long id() {
        return id;
    }

    boolean printIds() {
        return printIds;
    }
}
