/** Consumer groups: members, committed offsets, and the handlers of requests about them. */
@NullMarked
package rotera.kafka.groups;

import org.jspecify.annotations.NullMarked;
