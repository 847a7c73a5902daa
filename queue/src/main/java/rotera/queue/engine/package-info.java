/** What writes, reads, opens and repairs a rot file. */
@NullMarked
package rotera.queue.engine;

import org.jspecify.annotations.NullMarked;
