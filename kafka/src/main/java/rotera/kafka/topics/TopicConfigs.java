package rotera.kafka.topics;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import rotera.kafka.wire.ApiException;
import rotera.kafka.wire.Errors;
import rotera.queue.RotFileInfo;

/** The configuration of topics: what it can be when one is made, and what it is. */
final class TopicConfigs {
    static final String SIZE = "rotera.size";

    /** Says the size too: Kafka's own tool sends no setting that it does not know. */
    static final String RETENTION = "retention.bytes";

    static final String TIMES = "message.timestamp.type";
    static final String PRODUCER_TIMES = "CreateTime";
    static final String PUSH_TIMES = "LogAppendTime";

    /** What other settings may be: exactly what is done anyway. */
    private static final Map<String, String> FIXED =
            Map.of(
                    "cleanup.policy", "delete",
                    "compression.type", "uncompressed",
                    "min.insync.replicas", "1",
                    "retention.ms", "-1");

    private static final Map<String, String> REASONS =
            Map.of(
                    "cleanup.policy",
                    "nothing is compacted: the oldest messages are overwritten",
                    "retention.ms",
                    "a queue keeps what fits its file: set " + RETENTION);

    private TopicConfigs() {}

    /** A setting as it is, and whether it can be changed. */
    record Setting(String value, boolean readOnly, boolean ofTopic) {}

    static Map<String, Setting> of(RotFileInfo info, boolean producerTimes) {
        Map<String, Setting> settings = new TreeMap<>();
        FIXED.forEach((name, value) -> settings.put(name, new Setting(value, true, false)));
        Setting size = new Setting(Long.toString(info.fileBytes()), true, true);
        settings.put(SIZE, size);
        settings.put(RETENTION, size);
        settings.put(
                "max.message.bytes", new Setting(Long.toString(info.maxPushBytes()), true, false));
        settings.put(
                TIMES,
                new Setting(producerTimes ? PRODUCER_TIMES : PUSH_TIMES, false, producerTimes));
        return settings;
    }

    /** Whether the setting asks for the producers' times. */
    static boolean producerTimes(String value) {
        if (value.equals(PRODUCER_TIMES)) return true;
        if (value.equals(PUSH_TIMES)) return false;
        throw new ApiException(
                Errors.INVALID_CONFIG,
                "%s=%s: %s or %s".formatted(TIMES, value, PUSH_TIMES, PRODUCER_TIMES));
    }

    /** Throws if this is not how it is anyway. */
    static void checkFixed(String name, String value) {
        if (name.equals(RETENTION)) return; // -1, see isSize
        String only = FIXED.get(name);
        if (only == null)
            throw new ApiException(
                    Errors.INVALID_CONFIG,
                    "there is no setting %s here, only %s, %s and %s"
                            .formatted(name, RETENTION, SIZE, TIMES));
        if (!only.equals(value))
            throw new ApiException(
                    Errors.INVALID_CONFIG,
                    "%s=%s is not supported, only %s%s"
                            .formatted(
                                    name,
                                    value,
                                    only,
                                    REASONS.containsKey(name) ? ": " + REASONS.get(name) : ""));
    }

    /** Whether the setting says how large the file is to be; -1 leaves that to the server. */
    static boolean isSize(String name, String value) {
        return name.equals(SIZE) || (name.equals(RETENTION) && !value.equals("-1"));
    }

    /** A number of bytes, with KiB, MiB, GiB or nothing behind it. */
    static long bytes(String name, String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        int shift = 0;
        for (Map.Entry<String, Integer> unit : Map.of("kib", 10, "mib", 20, "gib", 30).entrySet()) {
            if (!lower.endsWith(unit.getKey())) continue;
            shift = unit.getValue();
            lower = lower.substring(0, lower.length() - 3).strip();
        }
        if (!lower.matches("[0-9]{1,12}"))
            throw new ApiException(
                    Errors.INVALID_CONFIG,
                    "%s=%s: a size like 64MiB or 67108864".formatted(name, text));
        long number = Long.parseLong(lower);
        return number > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : number << shift;
    }
}
