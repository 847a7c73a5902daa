package rotera.cli.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rotera.cli.queues.Target;
import rotera.cli.text.ByteSize;
import rotera.cli.text.CommandException;
import rotera.cli.text.Exit;
import rotera.cli.text.Json;
import rotera.cli.text.Plural;
import rotera.cli.text.Progress;
import rotera.queue.CheckResult;
import rotera.queue.QueueException;
import rotera.queue.RotFile;

/** {@code rotera check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Compares every checksum of a file that no server has open.",
        footer = {
            "",
            "Lists all damage with ids, positions and bytes of the file, on standard output. Nothing is changed.",
            "",
            "Exit code 0: all is well. 1: damage; the rest can be read, and rotera repair makes a sound copy.",
            "",
            "Examples:",
            "  rotera check rots/55.rot",
            "  rotera check --json rots/55.rot | jq .lost_messages"
        })
public final class CheckCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Parameters(paramLabel = "FILE", description = "The file to check.")
    private Path path;

    private final List<String> damage = new ArrayList<>();

    @Override
    public Integer call() {
        new Target.InFile(path).checkExists();
        try (RotFile file = RotFile.openReadOnly(path)) {
            long bytes = file.info().committed().position() - file.info().oldest().position();
            CheckResult result;
            try (Progress progress = new Progress("check " + path, bytes)) {
                result = file.check(this::tell, progress::bytesDone);
            }
            if (!json) file.warnings().forEach(this::tell);
            System.out.println(json ? json(result, file.warnings()) : path + ": " + words(result));
            return result.problems() == 0 ? Exit.OK : Exit.FAILED;
        } catch (QueueException.NotARotFileException e) {
            throw new CommandException(
                    e.getMessage() + "; rotera repair makes a copy of what can be found in it", e);
        }
    }

    private void tell(String what) {
        if (json) damage.add(what);
        else System.out.println(path + ": " + what);
    }

    private static String words(CheckResult result) {
        String sound =
                Plural.of(result.messages(), "message") + " in " + new ByteSize(result.bytes());
        if (result.problems() == 0) return "all well, " + sound;
        String unfinished =
                result.unfinished() == 0
                        ? ""
                        : "; %s behind the end not counted"
                                .formatted(Plural.of(result.unfinished(), "intact message"));
        return "damaged in %s; %s lost, intact: %s%s"
                .formatted(
                        Plural.of(result.problems(), "place"),
                        Plural.of(result.lost(), "message"),
                        sound,
                        unfinished);
    }

    private Json json(CheckResult result, List<String> warnings) {
        Json json = new Json().beginObject().name("file").value(path.toString());
        json.name("messages").value(result.messages());
        json.name("lost_messages").value(result.lost());
        json.name("unfinished_messages").value(result.unfinished());
        json.name("bytes").value(result.bytes());
        json.name("damage").beginArray();
        damage.forEach(json::value);
        json.endArray().name("warnings").beginArray();
        warnings.forEach(json::value);
        return json.endArray().endObject();
    }
}
