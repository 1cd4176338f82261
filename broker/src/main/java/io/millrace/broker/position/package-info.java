/** How a subscriber says up to where it has got everything. */
@NullMarked
package io.millrace.broker.position;

import org.jspecify.annotations.NullMarked;
