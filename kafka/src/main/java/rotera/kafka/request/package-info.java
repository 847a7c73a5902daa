/** A request and its connection, as handlers see them, and the router that picks the handler. */
@NullMarked
package rotera.kafka.request;

import org.jspecify.annotations.NullMarked;
