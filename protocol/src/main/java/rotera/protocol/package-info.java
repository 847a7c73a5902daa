@NullMarked
package rotera.protocol;

import org.jspecify.annotations.NullMarked;
