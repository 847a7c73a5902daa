package rotera.cli.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import rotera.queue.Envelope;
import rotera.queue.Messages;

/** A message as a JSON object: text where it is valid UTF-8, else base64. */
final class MessageJson {
    private MessageJson() {}

    /** The message that {@code messages} stands on. */
    static String of(Messages messages, String time) {
        Json json = new Json().beginObject();
        json.name("id").value(messages.id()).name("time").value(time);
        Envelope envelope = messages.envelope();
        envelope.key().ifPresent(key -> bytes(json, "key", "key_base64", key));
        envelope.timeMillis().ifPresent(own -> json.name("producer_time").value(Times.exact(own)));
        if (!envelope.headers().isEmpty()) headers(json, envelope);
        if (envelope.nullValue()) json.name("message").nothing();
        else bytes(json, "message", "base64", messages.toByteArray());
        return json.endObject().toString();
    }

    /** An array, because a name may come more than once. */
    private static void headers(Json json, Envelope envelope) {
        json.name("headers").beginArray();
        for (Envelope.Header header : envelope.headers()) {
            json.beginObject().name("name").value(header.name());
            header.value()
                    .ifPresentOrElse(
                            value -> bytes(json, "value", "base64", value),
                            () -> json.name("value").nothing());
            json.endObject();
        }
        json.endArray();
    }

    private static void bytes(Json json, String textName, String base64Name, byte[] bytes) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            json.name(textName).value(text);
        } catch (CharacterCodingException e) {
            json.name(base64Name).value(Base64.getEncoder().encodeToString(bytes));
        }
    }
}
