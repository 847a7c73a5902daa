package rotera.cli.command;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rotera.cli.queues.NewFile;
import rotera.cli.queues.Target;
import rotera.cli.text.CommandException;
import rotera.cli.text.Exit;
import rotera.cli.text.Progress;
import rotera.queue.CreateOptions;
import rotera.queue.QueueException;
import rotera.queue.RotFile;
import rotera.queue.RotFileInfo;

/** {@code rotera repair}. */
@Command(
        name = "repair",
        mixinStandardHelpOptions = true,
        description = "Makes a sound copy of a damaged file, with all that can be read.",
        footer = {
            "",
            "The damaged file is not touched: the copy is FILE.repaired, or --to. With --in-place the copy"
                    + " takes the name of the file, which is kept as FILE.damaged. Ids stay: in place of lost"
                    + " messages are messages without a value, with the header rotera.lost. Needs as much free"
                    + " disk as the file has, for a moment twice that if it has lost its headers. The copy has a"
                    + " unique id of its own, and what was known of producers is not in it.",
            "",
            "Exit code 0: the copy is there, or there was nothing to repair. 1: it could not be made.",
            "",
            "Examples:",
            "  rotera repair rots/55.rot                 makes rots/55.rot.repaired",
            "  rotera repair --in-place rots/55.rot      while no server has it"
        })
public final class RepairCommand implements Callable<Integer> {
    @Option(names = "--to", paramLabel = "FILE", description = "Name of the copy.")
    private @Nullable Path to;

    @Option(
            names = "--in-place",
            description = "Give the copy the name of the file, and the file another one.")
    private boolean inPlace;

    @Parameters(paramLabel = "FILE", description = "The damaged file.")
    private Path path;

    @Override
    public Integer call() {
        new Target.InFile(path).checkExists();
        Path copy = to != null ? to : path.resolveSibling(path.getFileName() + ".repaired");
        Path damaged = path.resolveSibling(path.getFileName() + ".damaged");
        NewFile.requireRoomFor(copy);
        if (inPlace && Files.exists(damaged))
            throw new CommandException(
                    damaged + " exists: that would be the name of the damaged file; move it away");
        try {
            if (!repair(path, copy)) return Exit.OK;
        } catch (QueueException.NotARotFileException e) {
            withoutHeaders(copy, e);
        }
        if (inPlace) exchange(copy, damaged);
        return Exit.OK;
    }

    /** False if nothing was to be done. */
    private boolean repair(Path source, Path copy) {
        try (RotFile file = RotFile.openReadOnly(source)) {
            AtomicLong problems = new AtomicLong();
            RotFileInfo info = file.info();
            try (Progress progress = new Progress("check " + source, info.liveBytes())) {
                file.check(
                        damage -> {
                            problems.incrementAndGet();
                            // The source may be a scratch file, which nobody knows.
                            String text = damage.replace(source.toString(), path.toString());
                            System.out.println(path + ": " + text);
                        },
                        progress::bytesDone);
            }
            if (problems.get() == 0 && source.equals(path)) {
                System.out.println(path + ": all well, there is nothing to repair");
                return false;
            }
            CreateOptions options =
                    CreateOptions.ofSize(info.fileBytes())
                            .withEntries(info.entries())
                            .withName(info.name())
                            .withLineage(info.lineageId());
            long ignored = CopyCommand.copy(file, info, copy, options);
            return true;
        }
    }

    /** Works on a copy of the bytes, whose superblocks and headers are made anew. */
    private void withoutHeaders(Path copy, QueueException.NotARotFileException why) {
        System.out.println(why.getMessage());
        try (NewFile scratch = new NewFile(copy.resolveSibling(copy.getFileName() + ".scratch"))) {
            Files.copy(path, scratch.aside());
            rebuild(scratch.aside());
            boolean ignored = repair(scratch.aside(), copy);
        } catch (IOException e) {
            throw new CommandException("cannot copy " + path + ": " + e.getMessage(), e);
        }
    }

    private void rebuild(Path scratch) {
        try {
            RotFile.rebuild(scratch, told -> System.out.println(path + ": " + told));
        } catch (QueueException.NotARotFileException e) {
            // The name would be that of the scratch file.
            throw new CommandException(
                    path + " cannot be repaired: no record was found that could be believed", e);
        }
    }

    /** A second name, so that at no moment there is no file. */
    private void keepAs(Path damaged) throws IOException {
        try {
            Files.createLink(damaged, path);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            Files.move(path, damaged, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private void exchange(Path copy, Path damaged) {
        try {
            keepAs(damaged);
            Files.move(copy, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new CommandException("cannot give the files their names: " + e.getMessage(), e);
        }
        System.out.println(path + " is the repaired file now, the damaged one is " + damaged);
    }
}
