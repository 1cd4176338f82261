/**
 * The ladder of renditions, and the supervision of the child programs that encode it: one stream's
 * {@code MediaEvent}s in, those of every rung out. Loads nothing native.
 */
@NullMarked
package io.millrace.transcoding;

import org.jspecify.annotations.NullMarked;
