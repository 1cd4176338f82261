package io.millrace.packager.live;

import io.millrace.packager.dash.ManifestWriter;
import io.millrace.packager.hls.MediaPlaylistWriter;
import io.millrace.packager.hls.MultivariantPlaylistWriter;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.vertx.core.buffer.Buffer;

/** The playlists of HLS, and DASH's manifest. Without state. */
final class WrittenPlaylists implements Presentation.Playlists {
  static final WrittenPlaylists INSTANCE = new WrittenPlaylists();

  private WrittenPlaylists() {}

  @Override
  public Buffer media(Presentation presentation, Rendition rendition) {
    return MediaPlaylistWriter.write(presentation, rendition);
  }

  @Override
  public Buffer delta(Presentation presentation, Rendition rendition) {
    return MediaPlaylistWriter.writeDelta(presentation, rendition);
  }

  @Override
  public Buffer deltaOfRanges(Presentation presentation, Rendition rendition) {
    return MediaPlaylistWriter.writeDeltaOfRanges(presentation, rendition);
  }

  @Override
  public Buffer multivariant(Presentation presentation) {
    return MultivariantPlaylistWriter.write(presentation);
  }

  @Override
  public Buffer manifest(Presentation presentation) {
    return ManifestWriter.write(presentation);
  }
}
