package rotera.cli.command;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import rotera.cli.system.Libc;
import rotera.cli.text.Output;
import rotera.cli.text.Printer;
import rotera.queue.Messages;

/**
 * A batch as the standard input of a command. It is whole before the command begins, also if this
 * process is killed, and every run begins at its first byte. It lies in memory, so that a full disk
 * stops nothing, and goes with the last process that has it open.
 */
final class BatchFile implements AutoCloseable {
    private final int descriptor = Libc.createMemoryFile("rotera-batch");

    BatchFile() throws IOException {}

    File file() {
        return new File("/proc/self/fd/" + descriptor);
    }

    /** Writes messages, as they are to look. */
    void write(Messages messages, OutputOptions outputOptions) throws IOException {
        try (OutputStream output = new FileOutputStream(file())) {
            Printer printer = outputOptions.printer(new Output(output), false, true);
            printer.print(messages);
            printer.flush();
        }
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
