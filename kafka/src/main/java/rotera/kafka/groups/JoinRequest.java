package rotera.kafka.groups;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who wants to be a member of a group.
 *
 * @param memberId empty for a new member
 * @param instanceId of a static member, which keeps its place when it is started again
 * @param idRequired a new member is only given an id, and has to join again with it
 * @param rebalanceMillis how long the others wait for it to join again
 * @param protocols ways of assignment that it knows, the best first
 */
record JoinRequest(
        String group,
        String memberId,
        @Nullable String instanceId,
        String clientId,
        String clientHost,
        boolean idRequired,
        int sessionMillis,
        int rebalanceMillis,
        String protocolType,
        List<Protocol> protocols) {

    /** A way of assignment, and what the leader is to know for it. */
    static final class Protocol {
        private final String name;
        private final byte[] metadata;

        Protocol(String name, byte[] metadata) {
            this.name = name;
            this.metadata = metadata;
        }

        String name() {
            return name;
        }

        byte[] metadata() {
            return metadata;
        }
    }

    int metadataBytes() {
        int bytes = 0;
        for (Protocol protocol : protocols)
            bytes += protocol.name.length() + protocol.metadata.length;
        return bytes;
    }
}
