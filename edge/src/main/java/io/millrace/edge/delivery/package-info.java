/**
 * How one stored object answers one request: conditions, ranges, encodings, tokens in playlists,
 * slices.
 */
@NullMarked
package io.millrace.edge.delivery;

import org.jspecify.annotations.NullMarked;
