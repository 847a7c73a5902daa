package rotera.queue;

/**
 * Who pushed a batch, kept with its record so that a repeated push can be recognised.
 *
 * @param id never 0 for a real producer
 * @param epoch 0 to 65,535
 * @param sequence the producer's number of the batch's first message
 */
public record Producer(long id, int epoch, int sequence) {

    /** No producer is kept. */
    public static final Producer NONE = new Producer(0, 0, 0);

    public Producer {
        if (epoch < 0 || epoch > 0xffff)
            throw new IllegalArgumentException("epoch=" + epoch + " is not within 0 and 65535");
    }
}
