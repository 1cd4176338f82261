/** Turns what publishers send into media events on a live stream. */
@NullMarked
package io.millrace.ingest;

import org.jspecify.annotations.NullMarked;
