/**
 * Layouts and codecs of the wire: {@link rotera.protocol.Request}, {@link rotera.protocol.Reply}.
 */
@NullMarked
package rotera.protocol;

import org.jspecify.annotations.NullMarked;
