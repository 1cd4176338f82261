/** Who is asking: addresses of streams, permits and viewers. */
@NullMarked
package io.millrace.edge.viewing;

import org.jspecify.annotations.NullMarked;
