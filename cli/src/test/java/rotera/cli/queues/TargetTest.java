package rotera.cli.queues;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TargetTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "55.rot",
                "./orders",
                "/var/55",
                "55.rot.repaired",
                "55.rot.damaged",
                "a.rot."
            })
    void namesOfFilesMeanFiles(String text) {
        assertThat(new Target.Converter().convert(text))
                .isEqualTo(new Target.InFile(Path.of(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"55", "orders", "orders.v2", "rot", "a.rotten", "a.rot.b.c"})
    void otherNamesMeanQueuesOfAServer(String text) {
        assertThat(new Target.Converter().convert(text))
                .isEqualTo(new Target.OnServer(List.of(), text));
    }
}
