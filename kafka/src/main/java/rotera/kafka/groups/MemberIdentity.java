package rotera.kafka.groups;

import org.jspecify.annotations.Nullable;

/**
 * Who a member of a group says that it is.
 *
 * @param generation negative for who commits without being a member
 */
record MemberIdentity(String group, int generation, String memberId, @Nullable String instanceId) {

    static final int NO_GENERATION = -1;

    /** Whether it does not claim to be a member. */
    boolean none() {
        return generation < 0 && memberId.isEmpty() && instanceId == null;
    }
}
