package rotera.cli.repl;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** What TAB offers: commands, and behind {@code :queue} the queues of the server and files. */
final class ReplCompleter implements Completer {
    private final Repl repl;

    ReplCompleter(Repl repl) {
        this.repl = repl;
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        if (line.wordIndex() == 0) {
            repl.commands().forEach(command -> candidates.add(new Candidate(command)));
        } else if (line.wordIndex() == 1 && line.words().getFirst().equals(":queue")) {
            if (!line.word().contains("/")) addQueues(candidates);
            addFiles(line.word(), candidates);
        }
    }

    private void addQueues(List<Candidate> candidates) {
        try {
            repl.queueNames().forEach(name -> candidates.add(new Candidate(name)));
        } catch (RuntimeException e) {
            // None of its queues then: :queues tells why, a line being typed is not the place.
        }
    }

    private static void addFiles(String word, List<Candidate> candidates) {
        String directory = word.substring(0, word.lastIndexOf('/') + 1);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(directory))) {
            for (Path file : files) {
                String name = directory + file.getFileName();
                if (Files.isDirectory(file))
                    candidates.add(
                            new Candidate(name + "/", name + "/", null, null, null, null, false));
                else if (name.endsWith(".rot")) candidates.add(new Candidate(name));
            }
        } catch (IOException | InvalidPathException e) {
            // No such directory, so nothing to offer.
        }
    }
}
