package rotera.cli.text;

import org.jspecify.annotations.Nullable;

/**
 * A command cannot go on. The message is for the person who typed it: what was given, what is
 * allowed, what to do.
 */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CommandException(String message) {
        super(message);
    }

    public CommandException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
