/**
 * What each codec's bitstream says of itself: decoder configurations and parameter sets, and the
 * few bytes of an access unit's start that tell key frames and durations. Pure parsers of hostile
 * input: they throw {@link io.millrace.media.MalformedMediaException} and {@link
 * io.millrace.media.UnsupportedMediaException} and nothing else. Part of the module's shop window.
 */
@NullMarked
package io.millrace.media.codec;

import org.jspecify.annotations.NullMarked;
