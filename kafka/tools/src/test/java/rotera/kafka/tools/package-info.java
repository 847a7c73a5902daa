/** Kafka's own programs with Rotera in the place of a broker, and beside one. */
@NullMarked
package rotera.kafka.tools;

import org.jspecify.annotations.NullMarked;
