package rotera.kafka.groups;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import rotera.kafka.topics.Partition;

/** What all groups have committed: what the messages of the offsets file come to. */
final class Offsets {

    /** A group; it has at least one offset, but for a moment. */
    static final class Stored {
        private OffsetChange.Noted note;
        private final Map<Partition, CommittedOffset> offsets = new LinkedHashMap<>();

        private Stored(OffsetChange.Noted note) {
            this.note = note;
        }

        OffsetChange.Noted note() {
            return note;
        }

        Map<Partition, CommittedOffset> offsets() {
            return offsets;
        }
    }

    private final Map<String, Stored> groups = new LinkedHashMap<>();
    private long bytes;

    Map<String, Stored> groups() {
        return groups;
    }

    @Nullable Stored group(String name) {
        return groups.get(name);
    }

    /** Bytes of a snapshot of all this. */
    long bytes() {
        return bytes;
    }

    /** How many bytes a message takes of a snapshot. */
    static long bytes(OffsetChange change) {
        return 4L + change.encode().length;
    }

    /** By how many bytes this would grow. */
    long growth(OffsetChange change) {
        return switch (change) {
            case OffsetChange.Noted it -> {
                Stored group = groups.get(it.group());
                yield bytes(it) - (group == null ? 0 : bytes(group.note));
            }
            case OffsetChange.Committed it -> {
                Stored group = groups.get(it.group());
                CommittedOffset before = group == null ? null : group.offsets.get(it.partition());
                yield bytes(it) - (before == null ? 0 : bytes(committed(it, before)));
            }
            case OffsetChange.Removed it -> 0;
            case OffsetChange.GroupRemoved it -> 0;
            case OffsetChange.Snapshot it -> 0;
        };
    }

    private static OffsetChange.Committed committed(
            OffsetChange.Committed like, CommittedOffset offset) {
        return new OffsetChange.Committed(like.group(), like.partition(), offset);
    }

    void apply(OffsetChange change) {
        switch (change) {
            case OffsetChange.Noted it -> note(it);
            case OffsetChange.Committed it -> commit(it);
            case OffsetChange.Removed it -> remove(it);
            case OffsetChange.GroupRemoved it -> remove(it.group());
            case OffsetChange.Snapshot it -> {}
        }
    }

    private void note(OffsetChange.Noted note) {
        bytes += growth(note);
        groups.computeIfAbsent(note.group(), name -> new Stored(note)).note = note;
    }

    private void commit(OffsetChange.Committed change) {
        // Without a note only if that was damaged: it counts as empty since its last commit.
        String name = change.group();
        if (!groups.containsKey(name)) note(new OffsetChange.Noted(name, "", 0));
        Stored group = groups.get(name);
        if (group == null) return;
        bytes += growth(change);
        group.offsets.put(change.partition(), change.offset());
    }

    private void remove(OffsetChange.Removed change) {
        Stored group = groups.get(change.group());
        if (group == null) return;
        CommittedOffset before = group.offsets.remove(change.partition());
        if (before == null) return;
        bytes -= bytes(new OffsetChange.Committed(change.group(), change.partition(), before));
        if (group.offsets.isEmpty()) remove(change.group());
    }

    private void remove(String name) {
        Stored group = groups.remove(name);
        if (group == null) return;
        bytes -= bytes(group.note);
        group.offsets.forEach((partition, offset) ->
                bytes -= bytes(new OffsetChange.Committed(name, partition, offset)));
    }

    /** Groups whose offsets were lost to damage are nothing. */
    void removeEmptyGroups() {
        for (String name : List.copyOf(groups.keySet())) {
            Stored group = groups.get(name);
            if (group != null && group.offsets.isEmpty()) remove(name);
        }
    }

    /** All of this as messages. */
    List<OffsetChange> messages() {
        List<OffsetChange> messages = new ArrayList<>();
        groups.forEach((name, group) -> {
            messages.add(group.note);
            group.offsets.forEach((partition, offset) ->
                    messages.add(new OffsetChange.Committed(name, partition, offset)));
        });
        return messages;
    }
}
