package rotera.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import rotera.kafka.wire.Errors;

/** A client that is a member of group {@code g}, as far as its fields say. */
final class TestMember {
    static final int SESSION_MILLIS = 10_000;
    static final int REBALANCE_MILLIS = 60_000;

    private final GroupCoordinator coordinator;
    private final String client;
    private @Nullable String instanceId;
    private boolean idRequired;
    private List<JoinRequest.Protocol> protocols = protocols("range");
    private CompletableFuture<JoinResult> joining = new CompletableFuture<>();
    private CompletableFuture<SyncResult> syncing = new CompletableFuture<>();
    String id = "";
    int generation = -1;
    int sessionMillis = SESSION_MILLIS;
    int rebalanceMillis = REBALANCE_MILLIS;
    String protocolType = "consumer";

    TestMember(GroupCoordinator coordinator, String client) {
        this.coordinator = coordinator;
        this.client = client;
    }

    TestMember instance(String instance) {
        instanceId = instance;
        return this;
    }

    TestMember idRequired() {
        idRequired = true;
        return this;
    }

    TestMember knows(String... names) {
        protocols = protocols(names);
        return this;
    }

    TestMember metadata(String protocol, int bytes) {
        protocols = List.of(new JoinRequest.Protocol(protocol, new byte[bytes]));
        return this;
    }

    private static List<JoinRequest.Protocol> protocols(String... names) {
        List<JoinRequest.Protocol> list = new ArrayList<>();
        for (String name : names) list.add(new JoinRequest.Protocol(name, bytes("of " + name)));
        return list;
    }

    TestMember join() {
        joining =
                coordinator.join(
                        new JoinRequest(
                                "g",
                                id,
                                instanceId,
                                client,
                                "/127.0.0.1",
                                idRequired,
                                sessionMillis,
                                rebalanceMillis,
                                protocolType,
                                protocols));
        return this;
    }

    boolean isJoining() {
        return !joining.isDone();
    }

    /** The answer to the join, which has to be there. */
    JoinResult joined() {
        assertThat(joining).as("join of %s", client).isDone();
        JoinResult result = joining.join();
        if (result.error() == Errors.NONE || result.error() == Errors.MEMBER_ID_REQUIRED) {
            id = result.memberId();
            generation = result.generation();
        }
        return result;
    }

    Errors joinError() {
        return joined().error();
    }

    boolean leads() {
        JoinResult result = joined();
        return result.error() == Errors.NONE && result.leaderId().equals(result.memberId());
    }

    TestMember sync() {
        return sync(Map.of());
    }

    /** Assigns to each member that the leader was told of a text made of its client id. */
    TestMember syncAsLeader() {
        Map<String, byte[]> assignments = new HashMap<>();
        for (JoinResult.Joined each : joined().members())
            assignments.put(each.memberId(), bytes(generation + " " + each.memberId()));
        return sync(assignments);
    }

    TestMember sync(Map<String, byte[]> assignments) {
        syncing = coordinator.sync(identity(), assignments);
        return this;
    }

    boolean isSyncing() {
        return !syncing.isDone();
    }

    SyncResult synced() {
        assertThat(syncing).as("sync of %s", client).isDone();
        return syncing.join();
    }

    /** What {@link #syncAsLeader} has assigned to it. */
    void assertAssigned() {
        assertThat(synced().error()).isEqualTo(Errors.NONE);
        assertThat(new String(synced().assignment(), StandardCharsets.UTF_8))
                .isEqualTo(generation + " " + id);
    }

    Errors heartbeat() {
        return coordinator.heartbeat(identity());
    }

    Errors leave() {
        return coordinator.leave("g", id, instanceId);
    }

    MemberIdentity identity() {
        return new MemberIdentity("g", generation, id, instanceId);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
