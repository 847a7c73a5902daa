package rotera.cli.text;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import rotera.queue.Envelope;
import rotera.queue.Messages;

/** Prints messages, mostly to standard output. */
public final class Printer {
    /** The original padded ids with zeros to this width. */
    private static final int ID_DIGITS = 11;

    /** How a message looks. */
    public enum Format {
        /** Its bytes and an end; what would drive a terminal is escaped on one. */
        TEXT,
        /** An object on a line. */
        JSON,
        /** Its bytes alone. */
        RAW,
        /** For people: a line about it, and all its bytes. */
        HEX
    }

    /** What is printed in front of a text. */
    public enum Column {
        ID,
        TIME,
        KEY,
        HEADERS
    }

    private final Output output;
    private final Format format;
    private final List<Column> columns;
    private final int end;
    private final boolean escaped;
    private long timeMillis = -1;
    private String timeText = "";
    private boolean skipsAreMissed;

    /**
     * Prints.
     *
     * @param columns in front of each message; for texts only
     * @param end byte behind each message; for texts only
     * @param escaped whether what is no printable text is escaped; for texts only
     * @param skipsAreMissed whether it is told when messages had been overwritten before the first
     *     one; later on it always is
     */
    public Printer(
            Output output,
            Format format,
            List<Column> columns,
            int end,
            boolean escaped,
            boolean skipsAreMissed) {
        this.output = output;
        this.format = format;
        this.columns = columns;
        this.end = end;
        this.escaped = escaped;
        this.skipsAreMissed = skipsAreMissed;
    }

    /** Prints what was read; tells on standard error when some had been overwritten. */
    public void print(Messages messages) {
        if (messages.count() == 0) return;
        if (messages.skipped() > 0 && skipsAreMissed) {
            long first = messages.firstId();
            System.err.printf(
                    Locale.ROOT,
                    "skipped %d messages (ids %d to %d): they had been overwritten%n",
                    messages.skipped(),
                    first - messages.skipped(),
                    first - 1);
        }
        skipsAreMissed = true;
        while (messages.next()) {
            switch (format) {
                case TEXT -> printText(messages);
                case JSON -> {
                    output.write(MessageJson.of(messages, time(messages)));
                    output.write('\n');
                }
                case RAW -> output.write(messages.data(), messages.offset(), messages.length());
                case HEX -> printHex(messages);
            }
        }
    }

    private void printText(Messages messages) {
        for (Column column : columns) printColumn(column, messages);
        if (escaped) output.write(TerminalEscaper.of(messages.toByteArray()));
        else output.write(messages.data(), messages.offset(), messages.length());
        output.write(end);
    }

    /** Keys and headers can hold spaces, so a tab ends them. */
    private void printColumn(Column column, Messages messages) {
        switch (column) {
            case ID -> output.writeNumber(messages.id(), ID_DIGITS);
            case TIME -> output.write(time(messages));
            case KEY -> output.write(keyText(messages.envelope()));
            case HEADERS -> output.write(headersText(messages.envelope()));
        }
        output.write(column == Column.ID || column == Column.TIME ? ' ' : '\t');
    }

    private void printHex(Messages messages) {
        Envelope envelope = messages.envelope();
        StringBuilder text =
                new StringBuilder("message ")
                        .append(messages.id())
                        .append(", ")
                        .append(time(messages))
                        .append(", ")
                        .append(messages.length())
                        .append(" bytes");
        if (envelope.key().isPresent()) text.append(", key ").append(keyText(envelope));
        if (!envelope.headers().isEmpty()) text.append(", headers ").append(headersText(envelope));
        output.write(text.append('\n').append(HexDump.of(messages.toByteArray())).toString());
    }

    private static String keyText(Envelope envelope) {
        return envelope.key().map(TerminalEscaper::of).orElse("-");
    }

    private static String headersText(Envelope envelope) {
        if (envelope.headers().isEmpty()) return "-";
        return envelope.headers().stream()
                .map(header ->
                        TerminalEscaper.of(header.name())
                                + "="
                                + header.value().map(TerminalEscaper::of).orElse(""))
                .collect(Collectors.joining(","));
    }

    /** Messages that were pushed together have the same time. */
    private String time(Messages messages) {
        if (messages.timeMillis() != timeMillis) {
            timeMillis = messages.timeMillis();
            timeText = Times.exact(timeMillis);
        }
        return timeText;
    }

    public void flush() {
        output.flush();
    }
}
