package rotera.kafka.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same program sees the same, whether it talks to Kafka or to Rotera. */
@Timeout(240)
final class BrokersDifferentialTest {
    @TempDir Path directory;

    @Test
    void aProgramSeesTheSame() throws Exception {
        Programs programs = new Programs(directory);
        List<String> fromKafka;
        try (Broker kafka = Broker.kafka(programs, Files.createDirectory(directory.resolve("k")))) {
            fromKafka = ClientsProgram.run(kafka.address());
        }
        List<String> fromRotera;
        try (Broker rotera =
                Broker.rotera(programs, Files.createDirectory(directory.resolve("r")))) {
            fromRotera = ClientsProgram.run(rotera.address());
        }
        assertThat(String.join("\n", fromRotera)).isEqualTo(String.join("\n", fromKafka));
        assertThat(fromKafka).hasSizeGreaterThan(60);
    }
}
