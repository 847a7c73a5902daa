@NullMarked
package rotera.kafka;

import org.jspecify.annotations.NullMarked;
