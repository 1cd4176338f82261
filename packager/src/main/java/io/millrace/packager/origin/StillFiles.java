package io.millrace.packager.origin;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.millrace.http.Problem;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.PictureMaker;
import io.millrace.packager.live.PresentationSlot;
import io.millrace.packager.presentation.Document;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Still;
import io.millrace.transcoding.PictureOutcome;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.function.Function;

/**
 * Answers requests for the picture that stands for a stream: as an MP4 file, and as a JPEG, which
 * is made when somebody asks for it, once for all who do.
 */
final class StillFiles {
  /** Of the shorter side: enough for a card on a screen of two pixels a point. */
  private static final int LINES = 360;

  /** About 15 MB. */
  private static final int KEPT = 512;

  private static final String CACHING = "public, max-age=2";
  private static final Problem NO_PICTURE =
      new Problem(404, "no-picture", "there is no picture of this stream");
  private static final Problem NO_JPEG =
      new Problem(
          404, "no-still", "no JPEGs are made here (transcoder.stills); still.mp4 is the picture");
  private static final Problem LATER =
      new Problem(503, "still-later", "no picture could be made now; ask again in a second");

  private static final Problem BROKEN =
      new Problem(
          503, "still-broken", "the newest key frame of this stream cannot be decoded; ask again");

  private final Optional<PictureMaker> pictures;

  /** Those of live streams that have been asked for; a Still is itself alone. */
  private final Once<Still, PictureOutcome> made =
      new Once<>(
          Caffeine.newBuilder().weakKeys().maximumSize(KEPT).executor(Runnable::run).build(),
          outcome -> !(outcome instanceof PictureOutcome.Later));

  /**
   * @param pictures makes JPEGs
   */
  StillFiles(Optional<PictureMaker> pictures) {
    this.pictures = pictures;
  }

  /** The MP4 file. */
  Future<OriginResponse> file(OriginRequest request, Optional<PresentationSlot> slot) {
    return answer(
        slot,
        request,
        still ->
            Future.succeededFuture(
                send(request, slot.orElseThrow(), still.file(), MediaFiles.MP4)));
  }

  /** The JPEG. */
  Future<OriginResponse> image(OriginRequest request, Optional<PresentationSlot> slot) {
    return pictures.isEmpty()
        ? MediaPlaylists.refuse(request, slot.isEmpty() ? MediaPlaylists.UNKNOWN : NO_JPEG)
        : answer(
            slot,
            request,
            still ->
                jpeg(slot.orElseThrow(), still, pictures.get())
                    .compose(
                        outcome ->
                            switch (outcome) {
                              case PictureOutcome.Made(Buffer jpeg) ->
                                  Future.succeededFuture(
                                      send(
                                          request,
                                          slot.get(),
                                          Document.of(() -> jpeg),
                                          "image/jpeg"));
                              case PictureOutcome.Broken _ ->
                                  MediaPlaylists.refuse(request, BROKEN);
                              case PictureOutcome.Later _ -> MediaPlaylists.refuse(request, LATER);
                            }));
  }

  private static Future<OriginResponse> answer(
      Optional<PresentationSlot> slot,
      OriginRequest request,
      Function<Still, Future<OriginResponse>> send) {
    if (slot.isEmpty()) {
      return MediaPlaylists.refuse(request, MediaPlaylists.UNKNOWN);
    }
    Presentation presentation = slot.get().current();
    Optional<Still> still =
        presentation.offered().stream()
            .flatMap(rendition -> rendition.still().stream())
            .findFirst();
    return still
        .map(send)
        .orElseGet(
            () ->
                MediaPlaylists.refuse(
                    request,
                    presentation.multivariant().isEmpty() ? MediaPlaylists.STARTING : NO_PICTURE));
  }

  private static OriginResponse send(
      OriginRequest request, PresentationSlot slot, Document picture, String contentType) {
    String etag = slot.broadcast().id() + "-" + picture.etag();
    return new Representation(contentType, etag, CACHING, true, picture.bytes()).answer(request);
  }

  private Future<PictureOutcome> jpeg(PresentationSlot slot, Still still, PictureMaker maker) {
    return made.get(
        still,
        () ->
            maker.jpeg(
                slot.broadcast().stream().toString(), still.track(), still.picture(), LINES));
  }
}
