package rotera.cli.top;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import rotera.cli.text.ByteSize;
import rotera.cli.text.TerminalEscaper;
import rotera.protocol.QueueInfo;

/** A column of {@code rotera top}: what it shows of a queue, and how it orders them. */
public enum TopColumn {
    NUMBER("NUMBER", 0),
    NAME("NAME", 0),
    MESSAGES("MESSAGES", 0),
    NEXT("NEXT", 0),
    PUSHES("PUSH/S", 1),
    COMMITS("COMMIT/S", 1),
    READS("READ/S", 1),
    BYTES("BYTES/S", 0),
    READERS("READERS", 0),
    USED("USED", 2),
    OLDEST("OLDEST", 0);

    private static final int BAR = 10;

    public final String title;
    private final int digits;

    /** The digits are those behind the point in plain output. */
    TopColumn(String title, int digits) {
        this.title = title;
        this.digits = digits;
    }

    /** Puts the queues first that one wants to see first: the busiest, the fullest, by name. */
    public Comparator<QueueInfo> order() {
        Comparator<QueueInfo> byNumber = Comparator.comparingLong(QueueInfo::number);
        if (this == NAME) return Comparator.comparing(TopColumn::nameOf).thenComparing(byNumber);
        if (this == NUMBER) return byNumber;
        return Comparator.comparingDouble(this::value).reversed().thenComparing(byNumber);
    }

    boolean isLeftAligned() {
        return this == NAME;
    }

    /** For people. */
    public String show(QueueInfo queue, Instant now) {
        return switch (this) {
            case NUMBER -> Long.toString(queue.number());
            case NAME -> nameOf(queue);
            case MESSAGES, NEXT, READERS -> count(value(queue), 0);
            case PUSHES, COMMITS, READS -> count(value(queue), 1);
            case BYTES -> new ByteSize(Math.round(queue.pushByteRate())).toString();
            case USED -> bar(used(queue));
            case OLDEST -> queue.file().oldestTime().map(time -> age(time, now)).orElse("-");
        };
    }

    /** For programs: plain numbers. */
    public String plain(QueueInfo queue, Instant now) {
        return switch (this) {
            case NUMBER -> Long.toString(queue.number());
            case NAME -> nameOf(queue);
            case MESSAGES -> Long.toString(queue.file().messages());
            case NEXT -> Long.toString(queue.file().committed().id());
            case OLDEST ->
                    queue.file()
                            .oldestTime()
                            .map(time -> Long.toString(Duration.between(time, now).toSeconds()))
                            .orElse("-");
            default -> String.format(Locale.ROOT, "%." + digits + "f", value(queue));
        };
    }

    private double value(QueueInfo queue) {
        return switch (this) {
            case NUMBER -> queue.number();
            case NAME -> 0;
            case MESSAGES -> queue.file().messages();
            case NEXT -> queue.file().committed().id();
            case PUSHES -> queue.pushRate();
            case COMMITS -> queue.commitRate();
            case READS -> queue.readRate();
            case BYTES -> queue.pushByteRate();
            case READERS -> queue.readers();
            case USED -> used(queue);
            case OLDEST -> -oldestMillis(queue);
        };
    }

    private static String nameOf(QueueInfo queue) {
        return queue.file().name().isEmpty() ? "-" : TerminalEscaper.of(queue.file().name());
    }

    private static long oldestMillis(QueueInfo queue) {
        return queue.file().oldestTime().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
    }

    /** Of what a queue can hold before it gives up messages. */
    private static double used(QueueInfo queue) {
        long capacity = queue.file().ringBytes() - queue.file().reserveBytes();
        // A server may tell anything.
        return capacity <= 0 ? 0 : Math.clamp((double) queue.file().liveBytes() / capacity, 0, 1);
    }

    private static String bar(double part) {
        int filled = (int) Math.round(part * BAR);
        return "#".repeat(filled)
                + ".".repeat(BAR - filled)
                + String.format(Locale.ROOT, " %3.0f%%", part * 100);
    }

    /** Exact up to 99,999, then three digits: {@code 123k}, {@code 4.56M}. */
    private static String count(double number, int digits) {
        if (!(number >= 99_999.5)) { // or no number at all
            boolean whole = digits == 0 || number == 0 || number >= 100;
            return String.format(Locale.ROOT, whole ? "%.0f" : "%.1f", number);
        }
        double value = number;
        int power = -1;
        while (value >= 999.5 && power < 4) {
            value /= 1000;
            power++;
        }
        String form = value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f";
        return String.format(Locale.ROOT, form, value) + "kMGTP".charAt(power);
    }

    private static String age(Instant since, Instant now) {
        // The clocks of two machines may differ.
        Duration age = now.isBefore(since) ? Duration.ZERO : Duration.between(since, now);
        if (age.toDays() >= 100) return age.toDays() + "d";
        if (age.toDays() > 0) return age.toDays() + "d" + age.toHoursPart() + "h";
        if (age.toHours() > 0) return age.toHours() + "h" + age.toMinutesPart() + "m";
        if (age.toMinutes() > 0) return age.toMinutes() + "m" + age.toSecondsPart() + "s";
        return age.toSeconds() + "s";
    }
}
