package io.millrace.packager.thumbnails;

import io.millrace.packager.ThumbnailConfig;
import io.millrace.packager.dash.ManifestWriter;
import io.millrace.packager.presentation.Document;
import io.millrace.packager.presentation.Presentation;
import java.util.Optional;

/**
 * The thumbnails of a recording, and what tells players of them. Written when somebody asks; any
 * thread does.
 *
 * @param plan empty where the recording has no pictures
 * @param multivariant the recording's, with the image playlist
 * @param manifest the recording's, with the sheets; empty where it has none
 * @param images the image playlist; empty where there is none
 */
public record RecordedThumbnails(
    Optional<ThumbnailPlan> plan, Document multivariant, Document manifest, Document images) {
  /** Of a recording as it is played. */
  public static RecordedThumbnails of(Presentation presentation, ThumbnailConfig config) {
    Optional<ThumbnailPlan> found = ThumbnailPlan.recorded(presentation, config);
    Document multivariant = presentation.multivariant();
    Document manifest = presentation.manifest();
    if (found.isEmpty()) {
      return new RecordedThumbnails(found, multivariant, manifest, Document.EMPTY);
    }
    ThumbnailPlan plan = found.get();
    return new RecordedThumbnails(
        found,
        Document.of(() -> ImagePlaylist.declared(multivariant.bytes(), plan)),
        manifest.isEmpty()
            ? manifest
            : Document.of(() -> ManifestWriter.write(presentation, new ThumbnailSets(plan))),
        Document.of(() -> ImagePlaylist.write(plan)));
  }
}
