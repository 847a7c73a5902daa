/** The interactive shell. */
@NullMarked
package rotera.cli.repl;

import org.jspecify.annotations.NullMarked;
