/** Words, numbers and messages as text: what is read from the command line and what is printed. */
@NullMarked
package rotera.cli.text;

import org.jspecify.annotations.NullMarked;
