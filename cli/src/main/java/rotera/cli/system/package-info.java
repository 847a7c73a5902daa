/** The process and its terminal, through the C library. */
@NullMarked
package rotera.cli.system;

import org.jspecify.annotations.NullMarked;
