package rotera.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import rotera.cli.queues.NewFile;
import rotera.cli.queues.StorageWarning;
import rotera.cli.system.StopHook;
import rotera.cli.text.ByteSize;
import rotera.cli.text.CommandException;
import rotera.cli.text.Exit;
import rotera.cli.text.Progress;
import rotera.cli.text.WholeNumber;
import rotera.queue.CreateOptions;
import rotera.queue.RotFile;

/** {@code rotera create}, and the original's {@code rotera --create -s FILE}. */
@Command(
        name = "create",
        mixinStandardHelpOptions = true,
        description = "Makes a new queue: a file that never grows.",
        footer = {
            "",
            "The whole file is written at once, so that a full disk shows here and not later. A file "
                    + "that exists is never overwritten. A server serves the files NUMBER.rot of its directory. "
                    + "What its file system cannot keep of the promises is said in a warning (docs/operations.md).",
            "",
            "Examples:",
            "  rotera create 55.rot                      1 GiB, as many messages as fit",
            "  rotera create --size 64MiB --entries 100000 rots/55.rot"
        })
public final class CreateCommand implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "1GiB",
            converter = ByteSize.Converter.class,
            description = "Size of the file on disk, from 96KiB (default: ${DEFAULT-VALUE}).")
    private ByteSize size;

    @Option(
            names = "--entries",
            paramLabel = "N",
            defaultValue = "0",
            converter = WholeNumber.Converter.class,
            description = "Keep the last N messages (default: as many as fit).")
    private long entries;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "",
            description = "A name to keep in the file, up to 255 bytes.")
    private String name;

    @Option(names = "-s", hidden = true, description = "The file, as the original took it.")
    private @Nullable Path runBookFile;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The file to make.")
    private @Nullable Path file;

    @Override
    public Integer call() {
        Path path = file != null ? file : runBookFile;
        if (path == null || (file != null && runBookFile != null))
            throw new ParameterException(command.commandLine(), "name one FILE to make");
        if (runBookFile != null) makeDirectories(path);
        create(path, options(path));
        String kept = entries == 0 ? "" : ", shows the last " + entries + " messages";
        System.out.println("created " + path + ": " + size + kept);
        StorageWarning.tell(path);
        if (!path.getFileName().toString().matches("[0-9]+\\.rot"))
            System.err.println("note: a server serves files with names like 55.rot only");
        return Exit.OK;
    }

    private CreateOptions options(Path path) {
        if (path.getFileName() == null)
            throw new ParameterException(command.commandLine(), path + " is not a file name");
        try {
            return CreateOptions.ofSize(size.bytes()).withEntries(entries).withName(name);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** Makes the file, with a progress bar when it takes long. */
    public static void create(Path path, CreateOptions options) {
        Path directory = path.toAbsolutePath().getParent();
        if (directory != null && !Files.isDirectory(directory)) {
            throw new CommandException(
                    "cannot create "
                            + path
                            + ": there is no directory "
                            + directory
                            + ": make it with mkdir -p");
        }
        NewFile.removeLeftovers(directory);
        try (StopHook _ = new StopHook(() -> NewFile.removeOwn(path));
                Progress progress = new Progress("create " + path, options.sizeBytes())) {
            RotFile.create(path, options.withProgress(progress::bytesDone));
        }
    }

    static void makeDirectories(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) return;
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new CommandException("cannot make the directory " + directory + ": " + e, e);
        }
    }
}
