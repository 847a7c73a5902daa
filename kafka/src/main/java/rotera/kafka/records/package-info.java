/** Batches of records, from and to the messages of a queue. */
@NullMarked
package rotera.kafka.records;

import org.jspecify.annotations.NullMarked;
