/**
 * A strict reader of HLS playlists and a client that follows a stream: what an origin wrote becomes
 * values, and what breaks a rule becomes a {@link io.millrace.testkit.hls.Violation}.
 */
@NullMarked
package io.millrace.testkit.hls;

import org.jspecify.annotations.NullMarked;
