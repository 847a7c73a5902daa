package rotera.queue;

/**
 * Who pushed a batch, kept with its record so that a repeated push is recognised: one with the
 * sequence and the count of one of the last five pushes of this producer is not kept again. A queue
 * remembers the 1,000 producers that pushed last, a small one fewer (docs/format.md).
 *
 * <p>Only those five are repetitions. A sequence below the expected one that is none of them is out
 * of order and refused: the push may never have been kept. A producer that the queue does not
 * remember may begin with any sequence, unless {@link Batch#requireConsecutive} forbids that.
 *
 * @param id never 0 for a real producer
 * @param epoch 0 to 65,535; a larger one begins a new history, and refuses pushes with a smaller
 *     one from then on
 * @param sequence the producer's number of the batch's first message, 0 to 2,147,483,647, after
 *     which comes 0 again. Numbers may be left out
 */
public record Producer(long id, int epoch, int sequence) {

    /** How many of its last pushes are recognised when they come again. */
    public static final int REMEMBERED_PUSHES = 5;

    /** No producer is kept. */
    public static final Producer NONE = new Producer(0, 0, 0);

    public Producer {
        if (epoch < 0 || epoch > 0xffff)
            throw new IllegalArgumentException("epoch=" + epoch + " is not within 0 and 65535");
        if (sequence < 0)
            throw new IllegalArgumentException(
                    "sequence=" + sequence + " is negative: sequences begin at 0");
    }
}
