/** Cue points of a broadcast, from what signals them to what playlists and manifests say. Pure. */
@NullMarked
package io.millrace.packager.cue;

import org.jspecify.annotations.NullMarked;
