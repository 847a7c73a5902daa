package rotera.kafka.groups;

import org.jspecify.annotations.Nullable;

/** What tools are shown of a member. */
final class MemberDescription {
    private final String memberId;
    private final JoinRequest request;
    private final byte[] metadata;
    private final byte[] assignment;

    /** The member as it is now; without a protocol, nothing is agreed on yet. */
    MemberDescription(Member member, String protocol) {
        memberId = member.id();
        request = member.request();
        byte[] known = member.metadata(protocol);
        metadata = known == null ? new byte[0] : known;
        assignment = known == null ? new byte[0] : member.assignment();
    }

    String memberId() {
        return memberId;
    }

    @Nullable String instanceId() {
        return request.instanceId();
    }

    String clientId() {
        return request.clientId();
    }

    String clientHost() {
        return request.clientHost();
    }

    byte[] metadata() {
        return metadata;
    }

    byte[] assignment() {
        return assignment;
    }
}
