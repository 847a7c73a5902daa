package rotera.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rotera.queue.Queue;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.server.Server;
import rotera.server.ServerOptions;

class QueueAddressTest {
    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "55.rot",
                "./orders",
                "/var/55",
                "55.rot.repaired",
                "a.rot.",
                "./h:1/q",
                "h:1/q/r",
                "h:/q",
                "h/q",
                "h:123456/q",
                "a b:1/q",
                "h:1,/q",
                "::1:8/q"
            })
    void files(String text) {
        assertThat(QueueAddress.parse(text)).isEqualTo(new QueueAddress.InFile(Path.of(text)));
    }

    @ParameterizedTest
    @CsvSource({"55,55", "007,7", "orders,orders", "orders.v2,orders.v2", "a.rot.b.c,a.rot.b.c"})
    void queuesOfTheServerOfThisMachine(String text, String queue) {
        assertThat(QueueAddress.parse(text)).isEqualTo(new QueueAddress.OnServer(List.of(), queue));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "h:1/q | h:1 | q",
                "h:8245,g:65535/007 | h:8245,g:65535 | 7",
                "[::1]:8245/orders.rot | [::1]:8245 | orders.rot",
                "10.0.0.1:1/q r | 10.0.0.1:1 | q r"
            })
    void queuesOfOtherServers(String text, String servers, String queue) {
        QueueAddress.OnServer address = (QueueAddress.OnServer) QueueAddress.parse(text);
        assertThat(address.queue()).isEqualTo(queue);
        assertThat(String.join(",", address.servers().stream().map(Object::toString).toList()))
                .isEqualTo(servers);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | empty",
                "-5 | 0 to 4294967295",
                "4294967296 | 0 to 4294967295",
                "h:1/-5 | 0 to 4294967295",
                "h:0/q | port=0 is not within 1 and 65535",
                "h:65536/q | port=65536 is not within 1 and 65535",
                "unix:/run/rotera/q | the kind unix: are not supported yet",
                "kafka://h:9092/t | the kind kafka: are not supported yet"
            })
    void whatIsNoAddressIsRefused(String text, String reason) {
        assertThatThrownBy(() -> QueueAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void oneCallOpensAQueueWhereverItIs() throws Exception {
        Path file = directory.resolve("7.rot");
        RotFile.openOrCreate(file, 1 << 20).close();
        try (Queue queue = Rotera.open(file.toString())) {
            assertThat(queue.append(new byte[1])).isZero();
        }
        int unused;
        try (Server server = Server.start(ServerOptions.of(directory).withPort(0))) {
            unused = server.port();
        }
        try (Server server = Server.start(ServerOptions.of(directory).withPort(0))) {
            String address = "127.0.0.1:" + unused + ",127.0.0.1:" + server.port() + "/7";
            try (Queue queue = Rotera.open(address)) {
                assertThat(queue.append(new byte[1])).isEqualTo(1);
            }
        }
        assertThatThrownBy(() -> Rotera.open("127.0.0.1:" + unused + "/7"))
                .isInstanceOf(QueueException.ConnectionLostException.class);
    }
}
