/** HLS playlists (RFC 8216bis) written from a presentation. */
@NullMarked
package io.millrace.packager.hls;

import org.jspecify.annotations.NullMarked;
