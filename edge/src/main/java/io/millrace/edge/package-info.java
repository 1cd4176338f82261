/**
 * The cache that viewers talk to: turns many requests for one object into one upstream request,
 * checks who may play, and counts who does.
 */
@NullMarked
package io.millrace.edge;

import org.jspecify.annotations.NullMarked;
