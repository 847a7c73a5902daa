/** What the systems are made to do, and what is measured. */
@NullMarked
package rotera.compare.work;

import org.jspecify.annotations.NullMarked;
