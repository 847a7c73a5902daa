package rotera.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Clients that join, sync, fall silent, come back and leave at random: all that are in a generation
 * agree on it, each gets what its leader gave it, and nobody waits for ever. A failing case is run
 * again with {@code -Dgroups.seed=...}.
 */
class GroupCoordinatorPropertyTest {
    private static final int SEEDS = Integer.getInteger("groups.seeds", 400);
    private static final int STEPS = 400;

    @Test
    void everyGenerationIsAgreedOn() {
        Long given = Long.getLong("groups.seed");
        int stable = 0;
        for (int seed = 0; seed < (given == null ? SEEDS : 1); seed++) {
            long each = given == null ? seed : given;
            try {
                stable += new Case(new Random(each)).run();
            } catch (Throwable e) {
                throw new AssertionError("fails with -Dgroups.seed=" + each, e);
            }
        }
        assertThat(stable).as("syncs that brought an assignment").isGreaterThan(10);
    }

    private enum Phase {
        OUT,
        JOINING,
        JOINED,
        SYNCING,
        MEMBER
    }

    private static final class Client {
        private final TestMember member;
        private final @Nullable String instance;
        private Phase phase = Phase.OUT;
        private long life; // of the group, when it joined

        Client(TestMember member, @Nullable String instance) {
            this.member = member;
            this.instance = instance;
        }
    }

    /** What is known of a generation. */
    private static final class Generation {
        private final String protocol;
        private final Set<String> leaders = new HashSet<>();
        private @Nullable Map<String, byte[]> assigned;

        Generation(String protocol) {
            this.protocol = protocol;
        }
    }

    private static final class Case {
        private final Random random;
        private final TestClock clock = new TestClock();
        private final GroupCoordinator coordinator =
                new GroupCoordinator(GroupLimits.DEFAULT, clock::nanos, deadline -> {}, line -> {});
        private final List<Client> clients = new ArrayList<>();
        private final Map<String, Generation> generations = new HashMap<>();
        private long life;
        private int serial;
        private int stable;

        Case(Random random) {
            this.random = random;
            int count = 1 + random.nextInt(6);
            for (int i = 0; i < count; i++) {
                String instance = random.nextInt(3) == 0 ? "instance" + i : null;
                TestMember member = new TestMember(coordinator, "client" + i);
                if (instance != null) member.instance(instance);
                if (random.nextBoolean()) member.idRequired();
                member.rebalanceMillis = random.nextInt(20_000);
                clients.add(new Client(member, instance));
            }
        }

        int run() {
            for (int i = 0; i < STEPS; i++) {
                step(clients.get(random.nextInt(clients.size())));
                if (random.nextInt(3) == 0) clock.advance(coordinator, random.nextInt(3_000));
                // The next group of this name begins again with generation 1.
                if (coordinator.describe("g") == null) life++;
            }
            clock.advance(coordinator, 20 * 60_000);
            for (Client client : clients) {
                assertThat(client.phase != Phase.JOINING || !client.member.isJoining()).isTrue();
                assertThat(client.phase != Phase.SYNCING || !client.member.isSyncing()).isTrue();
            }
            assertThat(coordinator.describe("g")).isNull();
            assertThat(coordinator.expire()).isEqualTo(Group.NEVER);
            return stable;
        }

        private void step(Client client) {
            switch (client.phase) {
                case OUT -> {
                    client.member.id = "";
                    join(client);
                }
                case JOINING -> {
                    if (!client.member.isJoining()) joined(client);
                    else if (random.nextInt(20) == 0) reconnect(client);
                }
                case JOINED -> sync(client);
                case SYNCING -> {
                    if (!client.member.isSyncing()) synced(client);
                    else if (random.nextInt(30) == 0) client.phase = Phase.OUT;
                }
                case MEMBER -> beMember(client);
            }
        }

        private void join(Client client) {
            if (random.nextInt(4) == 0)
                client.member.knows(
                        random.nextBoolean()
                                ? new String[] {"range", "sticky"}
                                : new String[] {"sticky", "range", "x"});
            client.life = life;
            client.member.join();
            client.phase = Phase.JOINING;
        }

        /** The connection was lost while it waited. */
        private void reconnect(Client client) {
            if (random.nextBoolean()) join(client);
            else client.phase = Phase.OUT;
        }

        private void joined(Client client) {
            JoinResult result = client.member.joined();
            switch (result.error()) {
                case NONE -> {
                    String key = client.life + "/" + result.generation();
                    Generation generation =
                            generations.computeIfAbsent(
                                    key, k -> new Generation(result.protocol()));
                    assertThat(result.protocol()).isEqualTo(generation.protocol);
                    assertThat(result.generation()).isPositive();
                    if (client.member.leads()) {
                        generation.leaders.add(
                                client.instance != null ? client.instance : client.member.id);
                        assertThat(generation.leaders).hasSize(1);
                        assertThat(result.members())
                                .extracting(JoinResult.Joined::memberId)
                                .contains(client.member.id)
                                .doesNotHaveDuplicates();
                    } else assertThat(result.members()).isEmpty();
                    client.phase = Phase.JOINED;
                }
                case MEMBER_ID_REQUIRED, REBALANCE_IN_PROGRESS -> join(client);
                case UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID -> client.phase = Phase.OUT;
                default -> throw new AssertionError(result.error());
            }
        }

        private void sync(Client client) {
            Map<String, byte[]> assignments = new HashMap<>();
            JoinResult result = client.member.joined();
            if (client.member.leads()) {
                Map<String, byte[]> expected = new HashMap<>();
                int number = serial++;
                for (JoinResult.Joined each : result.members()) {
                    if (random.nextInt(10) == 0) continue;
                    String instance = each.instanceId();
                    String who = instance == null ? each.memberId() : instance;
                    byte[] assignment = TestMember.bytes(number + " " + who);
                    assignments.put(each.memberId(), assignment);
                    expected.put(who, assignment);
                }
                Generation generation = generation(client);
                if (generation.assigned == null) generation.assigned = expected;
            }
            client.member.sync(assignments);
            client.phase = Phase.SYNCING;
        }

        private Generation generation(Client client) {
            Generation generation = generations.get(client.life + "/" + client.member.generation);
            assertThat(generation).isNotNull();
            return generation;
        }

        private void synced(Client client) {
            SyncResult result = client.member.synced();
            switch (result.error()) {
                case NONE -> {
                    Map<String, byte[]> assigned = generation(client).assigned;
                    assertThat(assigned).as("assigned by the leader").isNotNull();
                    String who = client.instance == null ? client.member.id : client.instance;
                    byte[] expected = assigned.getOrDefault(who, new byte[0]);
                    assertThat(text(result.assignment())).isEqualTo(text(expected));
                    if (expected.length > 0) stable++;
                    client.phase = Phase.MEMBER;
                }
                case REBALANCE_IN_PROGRESS -> join(client);
                case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, FENCED_INSTANCE_ID ->
                        client.phase = Phase.OUT;
                default -> throw new AssertionError(result.error());
            }
        }

        private static String text(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        private void beMember(Client client) {
            switch (random.nextInt(20)) {
                case 0 -> {
                    client.member.leave();
                    client.phase = Phase.OUT;
                }
                case 1 -> client.phase = Phase.OUT; // killed
                case 2 -> join(client);
                case 3 -> sync(client);
                default -> heartbeat(client);
            }
        }

        private void heartbeat(Client client) {
            switch (client.member.heartbeat()) {
                case NONE -> {}
                case REBALANCE_IN_PROGRESS -> join(client);
                case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, FENCED_INSTANCE_ID ->
                        client.phase = Phase.OUT;
                default -> throw new AssertionError("heartbeat");
            }
        }
    }
}
