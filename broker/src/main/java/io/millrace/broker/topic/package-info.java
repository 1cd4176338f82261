/** How topics and filters are written, and who has subscribed to what. */
@NullMarked
package io.millrace.broker.topic;

import org.jspecify.annotations.NullMarked;
