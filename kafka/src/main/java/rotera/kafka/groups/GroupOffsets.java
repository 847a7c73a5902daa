package rotera.kafka.groups;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import rotera.kafka.topics.Partition;
import rotera.kafka.wire.Errors;
import rotera.queue.QueueException;
import rotera.server.Log;

/** Who may commit offsets, what is kept of them, and for how long. Thread-safe. */
final class GroupOffsets {
    static final int METADATA_BYTES = 4096;

    /** How long offsets of a group without members are kept; Kafka's default. */
    static final long RETENTION_MILLIS = TimeUnit.DAYS.toMillis(7);

    /** The beginning, as clients say; -1 is the end. Both are kept like any offset. */
    private static final long LEAST_OFFSET = -2;

    private final OffsetsFile file;
    private final GroupCoordinator coordinator;
    private final Function<Partition, @Nullable UUID> queueIds;
    private final LongSupplier millis;
    private final Log log;

    /** What a client wants to commit. */
    record Commit(Partition partition, long offset, int leaderEpoch, String metadata) {}

    /**
     * The offsets of a file.
     *
     * @param queueIds the queue behind a partition, null if there is none
     * @param millis the time of day
     */
    GroupOffsets(
            OffsetsFile file,
            GroupCoordinator coordinator,
            Function<Partition, @Nullable UUID> queueIds,
            LongSupplier millis,
            Log log) {
        this.file = file;
        this.coordinator = coordinator;
        this.queueIds = queueIds;
        this.millis = millis;
        this.log = log;
    }

    /**
     * Commits offsets. Those without an error are durable when this returns, all together.
     *
     * @return an error, or NONE, for each of them, in their order
     */
    List<Errors> commit(MemberIdentity who, List<Commit> commits) {
        GroupCoordinator.Committer committer = coordinator.committer(who);
        List<Errors> errors = new ArrayList<>();
        List<OffsetChange> changes = new ArrayList<>();
        long now = millis.getAsLong();
        for (Commit commit : commits) {
            UUID queueId = queueIds.apply(commit.partition);
            Errors error = committer.error();
            if (error == Errors.NONE) error = check(commit, queueId);
            errors.add(error);
            if (error == Errors.NONE && queueId != null)
                changes.add(change(who.group(), commit, queueId, now));
        }
        if (changes.isEmpty()) return errors;
        Errors kept = change(offsets -> withNote(offsets, who.group(), committer, now, changes));
        errors.replaceAll(error -> error == Errors.NONE ? kept : error);
        return errors;
    }

    private static Errors check(Commit commit, @Nullable UUID queueId) {
        if (queueId == null) return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        if (commit.offset < LEAST_OFFSET) return Errors.INVALID_REQUEST;
        if (commit.metadata.getBytes(StandardCharsets.UTF_8).length > METADATA_BYTES)
            return Errors.OFFSET_METADATA_TOO_LARGE;
        return Errors.NONE;
    }

    private static OffsetChange change(String group, Commit commit, UUID queueId, long now) {
        return new OffsetChange.Committed(
                group,
                commit.partition,
                new CommittedOffset(
                        queueId, commit.offset, commit.leaderEpoch, now, commit.metadata));
    }

    /** Notes too what the group is, if that has changed. */
    private static List<OffsetChange> withNote(
            Offsets offsets,
            String group,
            GroupCoordinator.Committer committer,
            long now,
            List<OffsetChange> changes) {
        Offsets.Stored stored = offsets.group(group);
        OffsetChange.Noted before = stored == null ? null : stored.note();
        OffsetChange.Noted note = before;
        if (committer.hasMembers())
            note = new OffsetChange.Noted(group, committer.protocolType(), OffsetChange.OCCUPIED);
        else if (note == null) note = new OffsetChange.Noted(group, "", now);
        if (note.equals(before)) return changes;
        List<OffsetChange> both = new ArrayList<>();
        both.add(note);
        both.addAll(changes);
        return both;
    }

    /** What a group has committed in these partitions, or in all; as far as it is known. */
    Map<Partition, CommittedOffset> fetch(
            String group, @Nullable Collection<Partition> partitions) {
        Map<Partition, CommittedOffset> found = new LinkedHashMap<>();
        file.read(offsets -> {
            Offsets.Stored stored = offsets.group(group);
            if (stored == null) return found;
            for (Partition partition :
                    partitions == null ? stored.offsets().keySet() : partitions) {
                CommittedOffset offset = stored.offsets().get(partition);
                if (offset != null) found.put(partition, offset);
            }
            return found;
        });
        found.entrySet().removeIf(each -> isOfAnotherQueue(each.getKey(), each.getValue()));
        return found;
    }

    private boolean isOfAnotherQueue(Partition partition, CommittedOffset offset) {
        UUID queueId = queueIds.apply(partition);
        return queueId != null && !queueId.equals(offset.queueId());
    }

    /** Names of the groups that have offsets, with their protocol types. */
    Map<String, String> list() {
        Map<String, String> list = new LinkedHashMap<>();
        file.read(offsets -> {
            offsets.groups().forEach((name, group) -> list.put(name, group.note().protocolType()));
            return list;
        });
        return list;
    }

    /** The protocol type of a group that has offsets, else null. */
    @Nullable String protocolType(String group) {
        return file.read(offsets -> {
            Offsets.Stored stored = offsets.group(group);
            return stored == null ? null : stored.note().protocolType();
        });
    }

    /** Forgets a group that has no members. */
    Errors delete(String group) {
        if (coordinator.hasMembers(group)) return Errors.NON_EMPTY_GROUP;
        if (protocolType(group) == null) return Errors.GROUP_ID_NOT_FOUND;
        return changeEmpty(group, offsets -> List.of(new OffsetChange.GroupRemoved(group)));
    }

    /** Forgets offsets of a group that has no members. */
    Errors delete(String group, Collection<Partition> partitions) {
        if (coordinator.hasMembers(group)) return Errors.NON_EMPTY_GROUP;
        if (protocolType(group) == null) return Errors.GROUP_ID_NOT_FOUND;
        return changeEmpty(
                group,
                offsets -> {
                    List<OffsetChange> changes = new ArrayList<>();
                    Offsets.Stored stored = offsets.group(group);
                    for (Partition partition : partitions)
                        if (stored != null && stored.offsets().containsKey(partition))
                            changes.add(new OffsetChange.Removed(group, partition));
                    return changes;
                });
    }

    /** Changes a group unless a member has joined when its turn comes. */
    private Errors changeEmpty(String group, Function<Offsets, List<OffsetChange>> plan) {
        AtomicBoolean joined = new AtomicBoolean();
        Errors error =
                change(offsets -> {
                    joined.set(coordinator.hasMembers(group));
                    return joined.get() ? List.of() : plan.apply(offsets);
                });
        return joined.get() ? Errors.NON_EMPTY_GROUP : error;
    }

    /** Forgets what all groups have committed for a queue that was deleted. */
    Errors forget(UUID queueId) {
        return change(offsets ->
                offsets.messages().stream()
                        .filter(OffsetChange.Committed.class::isInstance)
                        .map(OffsetChange.Committed.class::cast)
                        .filter(each -> each.offset().queueId().equals(queueId))
                        .map(each ->
                                (OffsetChange)
                                        new OffsetChange.Removed(each.group(), each.partition()))
                        .toList());
    }

    /**
     * Forgets what has lasted too long: offsets of groups without members, some time after they
     * were committed and the group was last seen with members; and those of queues that were
     * replaced by others. Notes which groups have members.
     */
    void expire() {
        long now = millis.getAsLong();
        change(offsets -> {
            List<OffsetChange> changes = new ArrayList<>();
            offsets.groups().forEach((name, group) -> expire(name, group, now, changes));
            return changes;
        });
    }

    private void expire(String name, Offsets.Stored group, long now, List<OffsetChange> changes) {
        OffsetChange.Noted note = group.note();
        boolean hasMembers = coordinator.hasMembers(name);
        boolean noted = note.emptySinceMillis() == OffsetChange.OCCUPIED;
        if (hasMembers != noted)
            changes.add(
                    new OffsetChange.Noted(
                            name, note.protocolType(), hasMembers ? OffsetChange.OCCUPIED : now));
        boolean keep = hasMembers || noted;
        group.offsets()
                .forEach((partition, offset) -> {
                    long since = Math.max(offset.committedMillis(), note.emptySinceMillis());
                    if ((!keep && now - since >= RETENTION_MILLIS)
                            || isOfAnotherQueue(partition, offset))
                        changes.add(new OffsetChange.Removed(name, partition));
                });
    }

    private Errors change(Function<Offsets, List<OffsetChange>> plan) {
        try {
            return file.change(plan) ? Errors.NONE : Errors.INVALID_COMMIT_OFFSET_SIZE;
        } catch (QueueException e) {
            log.warn("offsets are not committed: " + e.getMessage());
            return Errors.COORDINATOR_NOT_AVAILABLE;
        }
    }
}
