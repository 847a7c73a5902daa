package rotera.compare.work;

import java.nio.file.Path;
import rotera.compare.contender.Contender;
import rotera.compare.contender.Contenders;
import rotera.compare.contender.Setup;

/**
 * A program that opens a library and sends one message: {@code FirstMessage CONTENDER DIRECTORY
 * SIZE ROOM DURABLE}.
 */
final class FirstMessage {
    static final String DONE = "done";

    private FirstMessage() {}

    @SuppressWarnings("SystemOut")
    public static void main(String... arguments) throws Exception {
        Path directory = Path.of(arguments[1]);
        int messageBytes = Integer.parseInt(arguments[2]);
        long room = Long.parseLong(arguments[3]);
        boolean durable = Boolean.parseBoolean(arguments[4]);
        Setup setup = new Setup(directory, directory, messageBytes, durable, true, room, false);
        try (Contender contender = Contenders.valueOf(arguments[0]).create(setup)) {
            contender.start();
            StartUp.sendOne(contender, messageBytes);
            System.out.println(DONE);
        }
    }
}
