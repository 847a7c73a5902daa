package rotera.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotFileTest {
    @TempDir Path directory;

    @Test
    void committedMessagesAreReadBackAfterReopening() {
        Path path = directory.resolve("1.rot");
        RotFile.create(path, CreateOptions.ofSize(1 << 20));
        try (RotFile file = RotFile.open(path);
                Batch batch = new Batch().add("alpha").add("").add("gamma")) {
            assertThat(file.push(batch)).isZero();
            assertThat(file.ping().next()).isZero();
            assertThat(file.commit()).isEqualTo(3);
        }
        try (RotFile file = RotFile.open(path);
                Messages messages = new Messages()) {
            assertThat(file.read(0, 10, messages)).isEqualTo(3);
            StringBuilder all = new StringBuilder();
            while (messages.next()) {
                all.append(messages.id())
                        .append('=')
                        .append(new String(messages.toByteArray(), UTF_8))
                        .append(' ');
            }
            assertThat(all.toString()).isEqualTo("0=alpha 1= 2=gamma ");
        }
    }

    @Test
    void manyLapsKeepTheNewestMessages() {
        Path path = directory.resolve("2.rot");
        RotFile.create(path, CreateOptions.ofSize(96 << 10));
        long id = 0;
        try (RotFile file = RotFile.open(path);
                Messages messages = new Messages();
                Batch batch = new Batch()) {
            for (int round = 0; round < 2000; round++) {
                batch.clear();
                for (int i = 0; i < 1 + round % 40; i++) batch.add("message " + (id + i));
                assertThat(file.push(batch)).isEqualTo(id);
                id += batch.count();
                if (round % 3 == 0) assertThat(file.commit()).isEqualTo(id);
            }
            assertThat(file.commit()).isEqualTo(id);
            long at = file.ping().oldest();
            assertThat(id - at).isGreaterThan(500);
            while (file.read(at, 100, messages) > 0) {
                while (messages.next()) {
                    assertThat(new String(messages.toByteArray(), UTF_8))
                            .isEqualTo("message " + messages.id());
                }
                at = messages.nextId();
            }
            assertThat(at).isEqualTo(id);
        }
    }

    @Test
    void producerIsReadBackWithTheNumberOfEachMessage() {
        Path path = directory.resolve("3.rot");
        RotFile.create(path, CreateOptions.ofSize(96 << 10));
        try (RotFile file = RotFile.open(path);
                Messages messages = new Messages();
                Batch batch = new Batch()) {
            Producer producer = new Producer(77, 65_535, 41);
            file.push(batch.add("one").add("two").add("three").producer(producer));
            file.push(batch.clear().add("plain"));
            byte[] large = new byte[3000];
            file.push(batch.clear().add(large).add(large).producer(new Producer(-5, 0, 10)));
            file.commit();
            file.read(0, 100, messages);
            StringBuilder all = new StringBuilder();
            while (messages.next()) all.append(messages.producer()).append('\n');
            assertThat(all)
                    .hasToString(
                            """
                            Producer[id=77, epoch=65535, sequence=41]
                            Producer[id=77, epoch=65535, sequence=42]
                            Producer[id=77, epoch=65535, sequence=43]
                            Producer[id=0, epoch=0, sequence=0]
                            Producer[id=-5, epoch=0, sequence=10]
                            Producer[id=-5, epoch=0, sequence=11]
                            """);
        }
    }
}
