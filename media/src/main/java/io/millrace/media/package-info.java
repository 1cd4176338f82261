/**
 * The words of the media side (streams, broadcasts, tracks, samples, time) and the hand-over of
 * live media from whoever receives it to whoever packages it. No protocol, no file format, no HTTP.
 */
@NullMarked
package io.millrace.media;

import org.jspecify.annotations.NullMarked;
