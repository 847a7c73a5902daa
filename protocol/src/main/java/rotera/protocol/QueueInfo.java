package rotera.protocol;

import java.util.Optional;
import rotera.queue.RotFileInfo;

/**
 * A queue of a server with its figures, at one moment.
 *
 * @param number its number on the server, 0 to 4294967295
 * @param file what the file is and holds
 * @param pushRate messages pushed per second, over the last seconds
 * @param pushByteRate bytes of these messages per second
 * @param readRate messages sent to readers per second, over the last seconds
 * @param commitRate commits answered per second, over the last seconds
 * @param readers streams that follow the queue
 * @param failure why it takes no more pushes; empty while it does
 */
public record QueueInfo(
        long number,
        RotFileInfo file,
        double pushRate,
        double pushByteRate,
        double readRate,
        double commitRate,
        int readers,
        Optional<String> failure) {}
