package rotera.cli.repl;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import rotera.cli.text.Output;

/** Answers and messages as they are, byte for byte, one per line; the rest on standard error. */
final class PipeOutput implements ReplOutput {
    private final OutputStream output;

    PipeOutput(OutputStream output) {
        this.output = new BufferedOutputStream(output, 64 << 10);
    }

    @Override
    public void answer(String line) {
        message("", line.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void notice(String line) {
        flush();
        System.err.println(line);
    }

    @Override
    public void error(String line) {
        notice("rotera repl: " + line);
    }

    @Override
    public void message(String prefix, byte[] message) {
        try {
            output.write(prefix.getBytes(StandardCharsets.UTF_8));
            output.write(message);
            output.write('\n');
        } catch (IOException e) {
            throw Output.failure(e);
        }
    }

    @Override
    public void flush() {
        try {
            output.flush();
        } catch (IOException e) {
            throw Output.failure(e);
        }
    }
}
