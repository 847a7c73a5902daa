package rotera.client;

import java.io.IOException;

/** The server, or something on the way, sent what is no reply: as good as a lost connection. */
final class MalformedReply extends IOException {
    private static final long serialVersionUID = 1;

    MalformedReply(String what) {
        super("the server sent " + what + ": not a reply of this protocol");
    }
}
