package rotera.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import rotera.queue.CheckResult;
import rotera.queue.RotFile;

/** {@code rotera check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Compares every checksum of a file that no server has open.",
        footer = {
            "",
            "Exit code 0: all is well. 1: damage, listed on standard output; the rest can be read.",
            "",
            "Example:",
            "  rotera check rots/55.rot"
        })
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The file to check.")
    private Path path;

    @Override
    public Integer call() {
        new Target.InFile(path).checkExists();
        try (RotFile file = RotFile.openReadOnly(path)) {
            long bytes = file.info().committed().position() - file.info().oldest().position();
            CheckResult result;
            try (Progress progress = new Progress("check " + path, bytes)) {
                result = file.check(this::tell, progress::bytesDone);
            }
            String sound = result.messages() + " messages in " + new ByteSize(result.bytes());
            if (result.problems() == 0) {
                System.out.println(path + ": all well, " + sound);
                return Exit.OK;
            }
            System.out.println(
                    path + ": damaged in " + result.problems() + " places; intact: " + sound);
            return Exit.FAILED;
        }
    }

    private void tell(String damage) {
        System.out.println(path + ": " + damage);
    }
}
