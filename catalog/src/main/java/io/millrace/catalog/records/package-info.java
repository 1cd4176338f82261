/** What the catalogue keeps, and the SQL that keeps it. Every method here blocks. */
@NullMarked
package io.millrace.catalog.records;

import org.jspecify.annotations.NullMarked;
