/**
 * Turns what producers publish to topics into what consumers have subscribed to, live and from
 * history, through every front door with the same meaning.
 */
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;
