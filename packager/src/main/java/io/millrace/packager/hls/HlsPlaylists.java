package io.millrace.packager.hls;

import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.vertx.core.buffer.Buffer;

/** The playlists of HLS. Without state. */
public final class HlsPlaylists implements Presentation.Playlists {
  public static final HlsPlaylists INSTANCE = new HlsPlaylists();

  private HlsPlaylists() {}

  @Override
  public Buffer media(Presentation presentation, Rendition rendition) {
    return MediaPlaylistWriter.write(presentation, rendition);
  }

  @Override
  public Buffer delta(Presentation presentation, Rendition rendition) {
    return MediaPlaylistWriter.writeDelta(presentation, rendition);
  }

  @Override
  public Buffer multivariant(Presentation presentation) {
    return MultivariantPlaylistWriter.write(presentation);
  }
}
