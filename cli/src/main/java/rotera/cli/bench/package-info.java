/** The command that measures a server or a file. */
@NullMarked
package rotera.cli.bench;

import org.jspecify.annotations.NullMarked;
