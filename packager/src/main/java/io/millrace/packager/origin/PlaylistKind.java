package io.millrace.packager.origin;

import io.millrace.packager.hls.IFramePlaylistWriter;
import io.millrace.packager.presentation.Document;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** The playlists that a rendition has. */
enum PlaylistKind {
  /** Segments, and parts where there are any. */
  MEDIA {
    @Override
    boolean isOf(Rendition rendition) {
      return true;
    }

    @Override
    Directives ask(Directives directives) {
      return directives;
    }

    @Override
    Document document(
        Presentation presentation,
        Rendition rendition,
        Directives.Skip skip,
        Optional<TimeShift> shift) {
      if (shift.isPresent()) {
        return Document.of(() -> shift.get().media(presentation, rendition, skip));
      }
      return switch (skip) {
        case NOTHING -> rendition.playlist();
        case SEGMENTS -> rendition.delta();
        case SEGMENTS_AND_RANGES -> rendition.deltaOfRanges();
      };
    }
  },

  /** A picture of each segment: whole segments only, without date ranges. */
  I_FRAMES {
    @Override
    boolean isOf(Rendition rendition) {
      return rendition.info().isVideo();
    }

    @Override
    Directives ask(Directives directives) {
      return directives.withoutParts();
    }

    @Override
    Document document(
        Presentation presentation,
        Rendition rendition,
        Directives.Skip skip,
        Optional<TimeShift> shift) {
      return Document.of(
          () ->
              shift.isPresent()
                  ? shift.get().iFrames(presentation, rendition, skip)
                  : iFrames(presentation, rendition, skip));
    }
  };

  /** An I-frame playlist of all that a rendition lists. */
  static Buffer iFrames(Presentation presentation, Rendition rendition, Directives.Skip skip) {
    return skip == Directives.Skip.NOTHING
        ? IFramePlaylistWriter.write(presentation, rendition)
        : IFramePlaylistWriter.writeDelta(
            presentation, rendition, skip == Directives.Skip.SEGMENTS_AND_RANGES);
  }

  /** Whether a rendition has one. */
  abstract boolean isOf(Rendition rendition);

  /** What of a request's directives applies. */
  abstract Directives ask(Directives directives);

  /**
   * The playlist. What is not asked for by everybody, I-frames and shifted streams, is written for
   * each request: caches in front of this share it.
   *
   * @param skip which delta update is wanted
   */
  abstract Document document(
      Presentation presentation,
      Rendition rendition,
      Directives.Skip skip,
      Optional<TimeShift> shift);
}
