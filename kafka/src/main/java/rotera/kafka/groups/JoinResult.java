package rotera.kafka.groups;

import java.util.List;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Errors;

/**
 * What a member learns about the generation that it has joined.
 *
 * @param members all of them for the leader, who assigns; else none
 */
record JoinResult(
        Errors error,
        int generation,
        String protocol,
        String leaderId,
        String memberId,
        List<Joined> members) {

    /** A member, with what it said for the protocol that was chosen. */
    static final class Joined {
        private final String memberId;
        private final @Nullable String instanceId;
        private final byte[] metadata;

        Joined(String memberId, @Nullable String instanceId, byte[] metadata) {
            this.memberId = memberId;
            this.instanceId = instanceId;
            this.metadata = metadata;
        }

        String memberId() {
            return memberId;
        }

        @Nullable String instanceId() {
            return instanceId;
        }

        byte[] metadata() {
            return metadata;
        }
    }

    static JoinResult failed(Errors error, String memberId) {
        return new JoinResult(error, -1, "", "", memberId, List.of());
    }
}
