package rotera.simulator;

/** Runs in the class loader of a defect, with the classes that it changed. */
public final class DefectRun {
    private DefectRun() {}

    /** The seed after that of the first history of this kind that failed; -1 if none did. */
    public static int seedsUntilFailure(String kind, int from, int most) {
        try (History history = Kind.valueOf(kind).make()) {
            for (int seed = from; seed < from + most; seed++) {
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
