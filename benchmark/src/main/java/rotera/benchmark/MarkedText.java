package rotera.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A place in a page of the docs that a program writes, between two lines. */
record MarkedText(Path page, String beginLine, String endLine) {

    /** What lies between the lines. */
    String read() throws IOException {
        String text = Files.readString(page);
        return text.substring(from(text), to(text));
    }

    void write(String content) throws IOException {
        String text = Files.readString(page);
        Files.writeString(page, text.substring(0, from(text)) + content + text.substring(to(text)));
    }

    private int from(String text) throws IOException {
        int at = text.indexOf(beginLine + '\n');
        if (at < 0) throw new IOException(page + " has no line " + beginLine);
        return at + beginLine.length() + 1;
    }

    private int to(String text) throws IOException {
        int at = text.indexOf(endLine + '\n', from(text));
        if (at < 0) throw new IOException(page + " has no line " + endLine);
        return at;
    }
}
