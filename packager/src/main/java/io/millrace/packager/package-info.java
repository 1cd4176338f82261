/**
 * Turns live streams into what players read: segments, playlists and the origin that serves them.
 */
@NullMarked
package io.millrace.packager;

import org.jspecify.annotations.NullMarked;
