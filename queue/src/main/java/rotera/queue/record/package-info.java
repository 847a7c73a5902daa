/** Records in memory: what is pushed, what was read, and how both go over a connection. */
@NullMarked
package rotera.queue.record;

import org.jspecify.annotations.NullMarked;
