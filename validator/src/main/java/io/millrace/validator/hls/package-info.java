/**
 * Playlists: a strict reader that turns what an origin wrote into values, and the rules for one
 * version, for two versions that follow each other, and for all playlists of a presentation.
 */
@NullMarked
package io.millrace.validator.hls;

import org.jspecify.annotations.NullMarked;
