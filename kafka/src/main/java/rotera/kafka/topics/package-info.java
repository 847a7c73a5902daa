/** Queues as topics: names, settings, limits, and the handlers of requests about them. */
@NullMarked
package rotera.kafka.topics;

import org.jspecify.annotations.NullMarked;
