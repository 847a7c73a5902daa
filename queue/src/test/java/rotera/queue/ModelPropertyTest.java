package rotera.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rotera.queue.buffer.LittleEndian;
import rotera.queue.format.EnvelopeCodec;

/**
 * Random operations on a real file, compared with a list. A failing case is run again with {@code
 * -Dmodel.seed=...}.
 */
class ModelPropertyTest {
    private static final int ROUNDS = Integer.getInteger("model.rounds", 6);

    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource({
        "98304, 0, 700",
        "98304, 25, 700",
        "200000, 0, 700",
        "1048576, 300, 500",
        "3000000, 0, 300",
        "8388608, 100000, 150"
    })
    void queueBehavesLikeAList(long sizeBytes, long entries, int operations) throws Exception {
        Long given = Long.getLong("model.seed");
        for (int round = 0; round < (given == null ? ROUNDS : 1); round++) {
            long seed = given != null ? given : 1000 * sizeBytes + 10 * entries + round;
            Path path = directory.resolve(seed + ".rot");
            RotFile.create(path, CreateOptions.ofSize(sizeBytes).withEntries(entries));
            try (Case run = new Case(path, entries, new Random(seed))) {
                for (int i = 0; i < operations; i++) run.operation();
                run.reopen();
                run.readEverything();
            } catch (Throwable e) {
                throw new AssertionError(
                        "fails with -Dmodel.seed=%d, size %d, entries %d"
                                .formatted(seed, sizeBytes, entries),
                        e);
            }
        }
    }

    /** A message as it was given. */
    private static final class Given {
        private final Envelope envelope;
        private final byte[] value;

        Given(Envelope envelope, byte[] value) {
            this.envelope = envelope;
            this.value = value;
        }

        Envelope envelope() {
            return envelope;
        }

        byte[] value() {
            return value;
        }
    }

    private static final class Case implements AutoCloseable {
        private final Path path;
        private final long entries;
        private final Random random;
        private final List<Given> model = new ArrayList<>();
        private final List<CompletableFuture<Long>> pushes = new ArrayList<>();
        private final Messages messages = new Messages(4096);
        private RotFile file;
        private long firstModelled;
        private int committed;

        Case(Path path, long entries, Random random) {
            this.path = path;
            this.entries = entries;
            this.random = random;
            this.file = RotFile.open(path);
        }

        void operation() throws Exception {
            int choice = random.nextInt(100);
            if (choice < 45) push();
            else if (choice < 55) commit();
            else if (choice < 60) commitAsync();
            else if (choice < 84) readSomewhere();
            else if (choice < 90) stream();
            else if (choice < 94) ping();
            else if (choice < 96) readEverything();
            else if (choice < 98) reopen();
            else readOnly();
            forgetOld();
        }

        private void push() {
            try (Arena arena = Arena.ofShared();
                    Batch batch = new Batch()) {
                List<Given> given = batch(batch, arena);
                long expected = firstModelled + model.size();
                if (random.nextInt(4) == 0) {
                    CompletableFuture<Long> pushed = file.pushAsync(batch);
                    batch.clear().add("used again");
                    assertThat(pushed.join()).isEqualTo(expected);
                    pushes.add(pushed);
                } else {
                    assertThat(file.push(batch)).isEqualTo(expected);
                }
                model.addAll(given);
                lookForCommits();
            }
        }

        private List<Given> batch(Batch batch, Arena arena) {
            int most = file.ping().maxMessageBytes();
            List<Given> given = new ArrayList<>();
            int count = 1 + random.nextInt(random.nextInt(8) == 0 ? 400 : 12);
            boolean large = random.nextInt(10) == 0;
            long budget = file.ping().maxPushBytes();
            boolean enveloped = random.nextInt(4) == 0;
            for (int i = 0; i < count; i++) {
                int bytes =
                        large && random.nextInt(4) == 0
                                ? random.nextInt(most + 1)
                                : random.nextInt(random.nextInt(3) == 0 ? 600 : 40);
                Envelope envelope = enveloped && random.nextInt(3) > 0 ? envelope() : Envelope.NONE;
                long needed = 4 + (enveloped ? EnvelopeCodec.bytes(envelope) : 0) + bytes;
                if (needed > Math.min(budget, most + 4L)) break;
                budget -= needed;
                byte[] value = envelope.nullValue() ? new byte[0] : new byte[bytes];
                random.nextBytes(value);
                given.add(new Given(envelope, value));
            }
            if (!enveloped && random.nextInt(3) == 0) wrap(batch, given, arena);
            else {
                for (Given each : given) {
                    if (each.envelope().equals(Envelope.NONE)) batch.add(each.value());
                    else batch.add(each.envelope(), each.value());
                }
            }
            return given;
        }

        private Envelope envelope() {
            Envelope envelope = Envelope.NONE;
            if (random.nextBoolean())
                envelope = envelope.withKey(text().getBytes(StandardCharsets.UTF_8));
            if (random.nextBoolean()) envelope = envelope.withTimeMillis(random.nextLong());
            if (random.nextInt(3) == 0) envelope = envelope.withNullValue();
            if (random.nextBoolean()) {
                List<Envelope.Header> headers = new ArrayList<>();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    Optional<byte[]> value =
                            random.nextBoolean()
                                    ? Optional.of(text().getBytes(StandardCharsets.UTF_8))
                                    : Optional.empty();
                    headers.add(new Envelope.Header(text(), value));
                }
                envelope = envelope.withHeaders(headers);
            }
            return envelope;
        }

        private String text() {
            return "käse".repeat(random.nextInt(3));
        }

        private void wrap(Batch batch, List<Given> given, Arena arena) {
            long bytes = 0;
            for (Given each : given) bytes += 4 + each.value().length;
            int from = random.nextInt(20);
            MemorySegment wire = arena.allocate(from + bytes + random.nextInt(20));
            long at = from + 4L * given.size();
            for (int i = 0; i < given.size(); i++) {
                byte[] value = given.get(i).value();
                wire.set(LittleEndian.U32, from + 4L * i, value.length);
                MemorySegment.copy(MemorySegment.ofArray(value), 0, wire, at, value.length);
                at += value.length;
            }
            batch.wrap(wire, from, given.size());
        }

        private void commit() {
            assertThat(file.commit()).isEqualTo(firstModelled + model.size());
            committed = model.size();
        }

        private void commitAsync() {
            CompletableFuture<Long> first = file.commitAsync();
            CompletableFuture<Long> second = file.commitAsync();
            assertThat(second.join()).isEqualTo(firstModelled + model.size());
            assertThat(first.join()).isEqualTo(firstModelled + model.size());
            committed = model.size();
        }

        /**
         * A push may have committed what was before it, and the background may commit at any time.
         */
        private void lookForCommits() {
            int now = (int) (file.ping().next() - firstModelled);
            assertThat(now).isBetween(committed, model.size());
            committed = now;
        }

        private void ping() {
            lookForCommits();
            Status status = file.ping();
            assertThat(status.alive()).isTrue();
            assertThat(status.oldest()).isBetween(firstModelled, status.next());
            if (entries > 0)
                assertThat(status.next() - status.oldest()).isLessThanOrEqualTo(entries);
        }

        private void readSomewhere() {
            lookForCommits();
            Status status = file.ping();
            int kept = (int) Math.min(status.next() + 3, Integer.MAX_VALUE);
            long id =
                    random.nextBoolean()
                            ? random.nextInt(kept)
                            : status.oldest() + random.nextInt(40);
            for (int rounds = random.nextInt(4); rounds >= 0; rounds--) {
                int most = random.nextInt(random.nextBoolean() ? 10 : 3000);
                long nextBefore = file.ping().next();
                int count = file.read(id, most, messages);
                if (count == 0) compareNothing(id, most, nextBefore);
                else compare(id, most, count);
                id = messages.nextId();
                if (random.nextInt(10) == 0 && id > 3) id -= 3;
            }
        }

        /** A commit in the background may have added messages since the read. */
        private void compareNothing(long id, int most, long nextBefore) {
            lookForCommits();
            assertThat(most == 0 || id >= nextBefore).isTrue();
            assertThat(messages.count()).isZero();
            assertThat(messages.firstId()).isEqualTo(id);
            assertThat(messages.skipped()).isZero();
        }

        private void compare(long id, int most, int count) {
            lookForCommits();
            Status status = file.ping();
            long first = Math.max(id, status.oldest());
            assertThat(count).isEqualTo(messages.count()).isLessThanOrEqualTo(most);
            // A commit in the background may have moved the oldest since the read.
            assertThat(messages.firstId()).isBetween(id, first);
            assertThat(messages.skipped()).isEqualTo(messages.firstId() - id);
            compareMessages();
            comparePacked();
        }

        private void compareMessages() {
            long expectedId = messages.firstId();
            long time = 0;
            while (messages.next()) {
                assertThat(messages.id()).isEqualTo(expectedId++);
                Given given = model.get((int) (messages.id() - firstModelled));
                assertThat(messages.toByteArray()).isEqualTo(given.value());
                assertSame(messages.envelope(), given.envelope());
                assertThat(messages.timeMillis()).isGreaterThanOrEqualTo(time);
                time = messages.timeMillis();
            }
            assertThat(expectedId).isEqualTo(messages.nextId());
        }

        private void assertSame(Envelope actual, Envelope expected) {
            assertThat(actual.key().map(Arrays::toString))
                    .isEqualTo(expected.key().map(Arrays::toString));
            OptionalLong time = expected.timeMillis();
            assertThat(actual.timeMillis()).isEqualTo(time);
            assertThat(actual.nullValue()).isEqualTo(expected.nullValue());
            assertThat(actual.headers()).hasSameSizeAs(expected.headers());
            for (int i = 0; i < actual.headers().size(); i++) {
                Envelope.Header left = actual.headers().get(i);
                Envelope.Header right = expected.headers().get(i);
                assertThat(left.name()).isEqualTo(right.name());
                assertThat(left.value().map(Arrays::toString))
                        .isEqualTo(right.value().map(Arrays::toString));
            }
        }

        private void comparePacked() {
            try (Arena arena = Arena.ofConfined()) {
                long from = random.nextInt(9);
                MemorySegment wire = arena.allocate(from + messages.packedBytes());
                messages.pack(wire, from);
                long at = from + 4L * messages.count();
                for (int i = 0; i < messages.count(); i++) {
                    byte[] value =
                            model.get((int) (messages.firstId() + i - firstModelled)).value();
                    assertThat(wire.get(LittleEndian.U32, from + 4L * i)).isEqualTo(value.length);
                    assertThat(
                                    wire.asSlice(at, value.length)
                                            .mismatch(MemorySegment.ofArray(value)))
                            .isEqualTo(-1);
                    at += value.length;
                }
                assertThat(at).isEqualTo(wire.byteSize());
            }
        }

        private void stream() throws InterruptedException {
            lookForCommits();
            Status status = file.ping();
            if (status.oldest() == status.next()) return;
            long start = status.oldest() + random.nextInt((int) (status.next() - status.oldest()));
            long total = 1L + random.nextInt((int) (status.next() - start));
            int chunk = 1 + random.nextInt(50);
            try (MessageStream stream = file.stream(Start.id(start), total).chunk(chunk)) {
                long id = start;
                while (!stream.isEnded()) {
                    Messages batch = stream.poll(Duration.ofSeconds(20));
                    assertThat(batch.count()).isBetween(1, chunk);
                    while (batch.next()) {
                        assertThat(batch.id()).isGreaterThanOrEqualTo(id);
                        id = batch.id() + 1;
                        assertThat(batch.toByteArray())
                                .isEqualTo(model.get((int) (batch.id() - firstModelled)).value());
                    }
                }
                assertThat(id).isGreaterThanOrEqualTo(start + total);
            }
        }

        void readEverything() {
            lookForCommits();
            Status status = file.ping();
            long id = status.oldest();
            while (id < status.next()) {
                int count = file.read(id, Integer.MAX_VALUE, messages);
                assertThat(count).isPositive();
                compareMessages();
                id = messages.nextId();
            }
        }

        void reopen() {
            assertThat(pushes).allMatch(CompletableFuture::isDone);
            pushes.clear();
            file.close();
            committed = model.size();
            file = RotFile.open(path);
            assertThat(file.findings()).isEmpty();
            assertThat(file.ping().next()).isEqualTo(firstModelled + model.size());
        }

        private void readOnly() {
            file.close();
            committed = model.size();
            try (RotFile reader = RotFile.openReadOnly(path);
                    RotFile another = RotFile.openReadOnly(path)) {
                assertThat(another.ping()).isEqualTo(reader.ping());
                file = reader;
                readEverything();
                readSomewhere();
                assertThat(reader.check(damage -> {}, bytes -> {}).problems()).isZero();
            }
            file = RotFile.open(path);
        }

        /** Keeps the model small: what the queue has overwritten, it need not remember. */
        private void forgetOld() {
            int gone = (int) (file.ping().oldest() - firstModelled);
            if (gone < 20_000) return;
            lookForCommits();
            model.subList(0, gone).clear();
            firstModelled += gone;
            committed -= gone;
        }

        @Override
        public void close() {
            messages.close();
            file.close();
        }
    }
}
