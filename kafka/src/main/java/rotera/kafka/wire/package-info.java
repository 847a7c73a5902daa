/** The messages of the Kafka protocol: schemas, reading, writing, error codes. */
@NullMarked
package rotera.kafka.wire;

import org.jspecify.annotations.NullMarked;
