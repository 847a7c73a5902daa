@NullMarked
package rotera.queue;

import org.jspecify.annotations.NullMarked;
