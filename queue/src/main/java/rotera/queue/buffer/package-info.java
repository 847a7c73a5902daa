/** Memory and numbers, as files and connections have them. Knows nothing of queues. */
@NullMarked
package rotera.queue.buffer;

import org.jspecify.annotations.NullMarked;
