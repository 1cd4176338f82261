/** DASH manifests (ISO/IEC 23009-1) over the same media files as the HLS playlists. */
@NullMarked
package io.millrace.packager.dash;

import org.jspecify.annotations.NullMarked;
