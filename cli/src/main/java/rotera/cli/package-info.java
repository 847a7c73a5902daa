@NullMarked
package rotera.cli;

import org.jspecify.annotations.NullMarked;
