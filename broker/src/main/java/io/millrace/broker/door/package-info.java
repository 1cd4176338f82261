/**
 * What is the same behind every front door: who may do what, publishing, subscribing, history, the
 * bounds, and the words of refusals. A protocol's package only maps these to its own frames.
 */
@NullMarked
package io.millrace.broker.door;

import org.jspecify.annotations.NullMarked;
