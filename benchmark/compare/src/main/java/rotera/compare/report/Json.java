package rotera.compare.report;

import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** The raw results: an object for each cell of each round. */
final class Json {
    private Json() {}

    static String of(Map<String, String> facts, Results results) {
        StringJoiner outcomes = new StringJoiner(",\n    ", "[\n    ", "\n  ]");
        for (Outcome outcome : results.outcomes()) outcomes.add(of(outcome));
        StringJoiner machine = new StringJoiner(", ", "{", "}");
        facts.forEach((name, value) -> machine.add(text(name) + ": " + text(value)));
        return "{\n  \"machine\": " + machine + ",\n  \"results\": " + outcomes + "\n}\n";
    }

    private static String of(Outcome outcome) {
        StringJoiner object = new StringJoiner(", ", "{", "}");
        object.add("\"round\": " + (outcome.round() + 1));
        object.add("\"work\": " + text(outcome.cell().work().id()));
        object.add("\"system\": " + text(outcome.cell().contender().id()));
        object.add("\"seconds\": " + outcome.seconds());
        if (outcome.failed()) object.add("\"failure\": " + text(outcome.failure()));
        outcome.figures()
                .forEach((figure, value) -> object.add(text(figure.name()) + ": " + value));
        return object.toString();
    }

    static String text(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') quoted.append('\\').append(c);
            else if (c < ' ') quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            else quoted.append(c);
        }
        return quoted.append('"').toString();
    }
}
