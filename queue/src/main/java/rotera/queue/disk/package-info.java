/** The seam between a queue and the operating system: a file of fixed size, and a clock. */
@NullMarked
package rotera.queue.disk;

import org.jspecify.annotations.NullMarked;
