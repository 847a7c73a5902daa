package rotera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import rotera.cli.Program.ServerProcess;

/** Others have no right to a file that the program makes, even where the umask gives them all. */
@Timeout(60)
final class FilePermissionsTest {
    @TempDir private Path directory;

    @Test
    void noFileOfAServerIsForOthers() throws Exception {
        ProcessBuilder builder =
                Program.builder(directory, "server", "--port=0", "--kafka=0", "--create=1:1MiB");
        builder.command().addAll(0, List.of("sh", "-c", "umask 0; exec \"$@\"", "sh"));
        try (ServerProcess server = ServerProcess.start(builder);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.kafkaPort())) {
            byte[] created = answer(socket, KafkaWire.createTopicWithSetting("times"));
            assertThat(KafkaWire.topicCreated(created)).isTrue();
            byte[] committed = answer(socket, KafkaWire.commitOffset("group", "times", 0, ""));
            assertThat(KafkaWire.offsetCommitted(committed)).isTrue();
            assertThat(server.terminate()).isZero();
        }
        assertThat(directory.resolve("kafka-topics.conf")).exists();
        assertThat(directory.resolve("kafka.offsets")).exists();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).allSatisfy(FilePermissionsTest::assertForOwnerAndGroup);
        }
    }

    private static void assertForOwnerAndGroup(Path file) throws IOException {
        List<PosixFilePermission> most = List.copyOf(PosixFilePermissions.fromString("rw-r-----"));
        assertThat(Files.getPosixFilePermissions(file)).as("%s", file).isSubsetOf(most);
    }

    private static byte[] answer(Socket socket, byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        DataInputStream input = new DataInputStream(socket.getInputStream());
        byte[] answer = new byte[input.readInt()];
        input.readFully(answer);
        return answer;
    }
}
