package rotera.cli;

import org.jspecify.annotations.Nullable;

/**
 * A command cannot go on. The message is for the person who typed it: what was given, what is
 * allowed, what to do.
 */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CommandException(String message) {
        super(message);
    }

    CommandException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
