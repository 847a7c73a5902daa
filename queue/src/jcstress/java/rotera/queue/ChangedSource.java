package rotera.queue;

import java.net.URI;
import java.nio.file.Path;
import javax.tools.SimpleJavaFileObject;

/** A source file that is not on any disk. */
final class ChangedSource extends SimpleJavaFileObject {
    private final String text;

    ChangedSource(Path file, String text) {
        super(URI.create("string:///" + file), Kind.SOURCE);
        this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
    }
}
