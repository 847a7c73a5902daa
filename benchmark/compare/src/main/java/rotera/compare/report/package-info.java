/** What came out: figures, tables, plots. */
@NullMarked
package rotera.compare.report;

import org.jspecify.annotations.NullMarked;
