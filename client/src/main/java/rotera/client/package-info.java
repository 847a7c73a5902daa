/** Queues of a server, and of files, behind one interface: {@link rotera.client.Rotera}. */
@NullMarked
package rotera.client;

import org.jspecify.annotations.NullMarked;
