/**
 * What happens at a moment of a broadcast besides its samples: cue points and timed metadata, as
 * whoever signals them says it, and the sections of SCTE 35 in which splices are signalled. Pure;
 * parsers of hostile input throw {@link io.millrace.media.MalformedMediaException} and {@link
 * io.millrace.media.UnsupportedMediaException} and nothing else. Part of the module's shop window.
 */
@NullMarked
package io.millrace.media.cue;

import org.jspecify.annotations.NullMarked;
