/** The systems that are compared, each driven in the way that suits it. */
@NullMarked
package rotera.compare.contender;

import org.jspecify.annotations.NullMarked;
