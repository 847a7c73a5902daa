/** The commands that work on queues and files, and the server. */
@NullMarked
package rotera.cli.command;

import org.jspecify.annotations.NullMarked;
