package rotera.kafka.groups;

/**
 * What the members of all groups may take together (docs/kafka.md).
 *
 * @param groups with members
 * @param members in all groups, those included that were only given an id
 * @param membersOfGroup the same, in one group
 * @param metadataBytes that one member may join with
 * @param assignmentBytes that one member may be given
 * @param bytes of all of these together
 * @param minSessionMillis shortest session that a member may ask for
 * @param maxSessionMillis longest one
 */
record GroupLimits(
        int groups,
        int members,
        int membersOfGroup,
        int metadataBytes,
        int assignmentBytes,
        long bytes,
        int minSessionMillis,
        int maxSessionMillis) {
    static final GroupLimits DEFAULT =
            new GroupLimits(500, 1_000, 250, 256 << 10, 256 << 10, 8 << 20, 1_000, 30 * 60 * 1_000);

    /** Longest name of a group, an instance or a protocol, in UTF-8. */
    static final int NAME_BYTES = 255;

    /** Most ways of assignment that a member may offer. */
    static final int PROTOCOLS = 32;
}
