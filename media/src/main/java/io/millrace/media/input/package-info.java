/** How one input of a broadcast takes over from another: pure, samples in, a decision out. */
@org.jspecify.annotations.NullMarked
package io.millrace.media.input;
