@NullMarked
package rotera.benchmark;

import org.jspecify.annotations.NullMarked;
