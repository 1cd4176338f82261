/** Files that become recordings: their uploads to the disk, and what becomes of them. */
@NullMarked
package io.millrace.catalog.imports;

import org.jspecify.annotations.NullMarked;
