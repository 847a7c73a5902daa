/** The comparison: which cells there are, and a process for each. */
@NullMarked
package rotera.compare;

import org.jspecify.annotations.NullMarked;
