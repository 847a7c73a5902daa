package rotera.benchmark;

import java.io.IOException;
import java.util.List;

/** Works whose costs are measured at several sizes of one thing. */
interface GrowthGroup extends AutoCloseable {

    /** What is counted, and how it is shown. */
    enum Unit {
        MESSAGES("messages/s", 1, "ns of processor time per message", 1),
        BYTES("MB/s", 1e-6, "ns of processor time per KiB", 1024);

        final String rate;
        final double rateFactor;
        final String cost;
        final double costFactor;

        Unit(String rate, double rateFactor, String cost, double costFactor) {
            this.rate = rate;
            this.rateFactor = rateFactor;
            this.cost = cost;
            this.costFactor = costFactor;
        }
    }

    /** A piece of work at the size of this index, see {@link Cost.Piece}. */
    interface Work {
        long run(int size) throws IOException, InterruptedException;
    }

    /** A work, and whether a server does it or this process. */
    record Row(String name, boolean served, Work work) {}

    /** What the sizes are of. */
    String title();

    List<String> sizes();

    Unit unit();

    List<Row> rows();

    /** The server whose time counts for what is served. */
    long server(int size);

    /** Makes it so that the size is in force, until what is returned is closed. */
    Beside at(int size) throws IOException;

    /** What is there while a size is measured. */
    interface Beside extends AutoCloseable {
        Beside NOTHING = () -> {};

        @Override
        void close() throws IOException;
    }

    @Override
    void close() throws IOException;
}
