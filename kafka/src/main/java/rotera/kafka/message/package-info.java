/**
 * The messages that are spoken: {@code messages.txt} as data, and a class for each of them, which
 * {@code MessageGeneratorTest} makes from it.
 */
@NullMarked
package rotera.kafka.message;

import org.jspecify.annotations.NullMarked;
