@NullMarked
package rotera.server;

import org.jspecify.annotations.NullMarked;
