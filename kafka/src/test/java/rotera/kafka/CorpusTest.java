package rotera.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import rotera.kafka.message.ApiRegistry;
import rotera.kafka.wire.Api;
import rotera.kafka.wire.CodecTest;
import rotera.kafka.wire.RequestReader;

/**
 * The corpus of the fuzz tests has a request of every kind and version that is spoken: what clients
 * sent, or one made here where none was seen to send it (docs/testing.md).
 */
final class CorpusTest {
    private static final Pattern REQUEST = Pattern.compile("[A-Z][A-Za-z]+-[0-9]+-.*-[0-9]+");

    @Test
    void thereIsARequestOfEveryKindAndVersion() throws Exception {
        Set<String> inMessages = new TreeSet<>();
        for (ByteBuffer input : inputs("wire/MessagesFuzzTestInputs/messages"))
            inMessages.add(read(ApiRegistry.ofKey(input.get()), input.get(), input.position(3)));
        Set<String> inRequests = new TreeSet<>();
        for (ByteBuffer input : inputs("KafkaRequestsFuzzTestInputs/requests")) {
            input.position(FuzzedRequests.HEAD_BYTES + 4);
            Api<?, ?> api = ApiRegistry.ofKey(input.getShort());
            int version = input.getShort();
            int clientBytes = input.getShort(input.position() + 4);
            input.position(input.position() + 6 + Math.max(0, clientBytes));
            inRequests.add(read(api, version, input));
        }
        String directory = System.getProperty("rotera.recordRequests");
        if (directory != null) {
            makeMissing(new RecordedRequests(directory), inRequests);
            return;
        }
        assertThat(missing(inMessages)).isEmpty();
        assertThat(missing(inRequests)).isEmpty();
    }

    /** Its API and version. */
    private static String read(@Nullable Api<?, ?> api, int version, ByteBuffer body) {
        Objects.requireNonNull(api);
        assertThat(api.versions().contains(version)).isTrue();
        var _ = new RequestReader(body.slice(), 1 << 20, taken -> {}).read(api.request(), version);
        return kind(api, version);
    }

    private static String kind(Api<?, ?> api, int version) {
        return api + " " + version;
    }

    private static List<ByteBuffer> inputs(String test) throws IOException, URISyntaxException {
        URL directory = Objects.requireNonNull(CorpusTest.class.getResource(test));
        List<ByteBuffer> inputs = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(directory.toURI()))) {
            for (Path file : files.toList()) {
                if (REQUEST.matcher(file.getFileName().toString()).matches())
                    inputs.add(ByteBuffer.wrap(Files.readAllBytes(file)));
            }
        }
        return inputs;
    }

    private static List<String> missing(Set<String> there) {
        List<String> missing = new ArrayList<>();
        for (Api<?, ?> api : ApiRegistry.all()) {
            for (int version = api.versions().first(); version <= api.versions().last(); version++)
                if (!there.contains(kind(api, version))) missing.add(kind(api, version));
        }
        return missing;
    }

    private static void makeMissing(RecordedRequests requests, Set<String> there)
            throws IOException {
        for (Api<?, ?> api : ApiRegistry.all()) {
            for (int version = api.versions().first(); version <= api.versions().last(); version++)
                if (!there.contains(kind(api, version)))
                    requests.keepMade(api, version, CodecTest.filled(api.request()));
        }
    }
}
