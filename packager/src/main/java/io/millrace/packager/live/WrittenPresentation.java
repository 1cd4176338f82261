package io.millrace.packager.live;

import io.millrace.packager.dash.ManifestWriter;
import io.millrace.packager.hls.MediaPlaylistWriter;
import io.millrace.packager.hls.MultivariantPlaylistWriter;
import io.millrace.packager.presentation.Presentation;

/** Gives presentations their playlists and manifest, which are written when they are asked for. */
final class WrittenPresentation {
  private WrittenPresentation() {}

  /**
   * @param playable whether players may be told of the broadcast
   */
  static Presentation of(Presentation unwritten, boolean playable) {
    return unwritten.written(
        playable,
        MediaPlaylistWriter::write,
        MultivariantPlaylistWriter::write,
        ManifestWriter::write);
  }
}
