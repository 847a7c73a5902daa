package rotera.simulator;

/** Runs in the class loader of a defect, with the classes that it changed. */
public final class DefectRun {
    private DefectRun() {}

    /** How many histories of this kind it took until one failed; -1 if none did. */
    public static int seedsUntilFailure(String kind, int most) {
        try (History history = Kind.valueOf(kind).make()) {
            for (int seed = 0; seed < most; seed++) {
                try {
                    history.run(new Choices(seed));
                } catch (Throwable e) {
                    return seed + 1;
                }
            }
        }
        return -1;
    }
}
