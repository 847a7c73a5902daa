package rotera.compare;

import java.nio.file.Path;
import java.util.Map;
import rotera.compare.contender.Contenders;
import rotera.compare.work.Figure;
import rotera.compare.work.Scale;
import rotera.compare.work.Works;

/** One cell, in a process of its own: {@code Driver WORK CONTENDER ROOT DIRECTORY core|short}. */
final class Driver {
    private Driver() {}

    @SuppressWarnings("SystemOut")
    public static void main(String... arguments) throws Exception {
        Works work = Works.valueOf(arguments[0]);
        Contenders contender = Contenders.valueOf(arguments[1]);
        Scale scale = arguments[4].equals("short") ? Scale.SHORT : Scale.CORE;
        Map<Figure, Double> figures =
                work.run(contender, Path.of(arguments[2]), Path.of(arguments[3]), scale);
        figures.forEach((figure, value) -> System.out.println("figure " + figure + " " + value));
        System.out.flush();
        // Clients leave threads behind.
        Runtime.getRuntime().halt(0);
    }
}
