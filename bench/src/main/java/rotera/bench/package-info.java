/** Drives a queue with pushes, commits and reads, and measures them. */
@NullMarked
package rotera.bench;

import org.jspecify.annotations.NullMarked;
