package rotera.compare.contender;

import java.nio.file.Path;
import java.util.List;

/**
 * What a contender is started for.
 *
 * @param root the checkout of Rotera
 * @param directory where it keeps everything
 * @param messageBytes size of each message
 * @param durable whether an acknowledgement promises that the message is on the disk
 * @param prompt whether a message is sent at once instead of waiting for company
 * @param roomBytes how much the measured queue must hold; a rotating one gets this size
 * @param keepAtMost whether the measured queue may not grow beyond {@code roomBytes}
 */
public record Setup(
        Path root,
        Path directory,
        int messageBytes,
        boolean durable,
        boolean prompt,
        long roomBytes,
        boolean keepAtMost) {

    /** Where all that is on the disk is counted, there is nothing to warm up with. */
    List<Integer> queues() {
        return keepAtMost
                ? List.of(Contender.MEASURED)
                : List.of(Contender.WARM_UP, Contender.MEASURED);
    }

    /** Of a rotating queue. */
    long roomBytes(int queue) {
        return queue == Contender.MEASURED ? roomBytes : 256L << 20;
    }

    /** About 1 MiB of messages, but no more than 1,000. */
    public int batch() {
        return Math.clamp((1 << 20) / messageBytes, 1, 1_000);
    }
}
