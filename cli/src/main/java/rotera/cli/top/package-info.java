/** The screen that shows the queues of a server. */
@NullMarked
package rotera.cli.top;

import org.jspecify.annotations.NullMarked;
