/** The bytes of a rot file: docs/format.md in code. */
@NullMarked
package rotera.queue.format;

import org.jspecify.annotations.NullMarked;
