/** Where in the log the messages of a topic are, without reading all of it. */
@NullMarked
package io.millrace.broker.index;

import org.jspecify.annotations.NullMarked;
