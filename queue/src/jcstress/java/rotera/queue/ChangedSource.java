package rotera.queue;

import java.net.URI;
import javax.tools.SimpleJavaFileObject;

/** A source file of this package that is not on any disk. */
final class ChangedSource extends SimpleJavaFileObject {
    private final String text;

    ChangedSource(String file, String text) {
        super(URI.create("string:///rotera/queue/" + file + ".java"), Kind.SOURCE);
        this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
    }
}
