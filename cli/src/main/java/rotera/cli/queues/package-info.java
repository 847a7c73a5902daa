/** The queues that commands work on: addresses, servers, new and copied files. */
@NullMarked
package rotera.cli.queues;

import org.jspecify.annotations.NullMarked;
