package io.millrace.packager.origin;

import io.millrace.http.Problem;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.live.PresentationSlot;
import io.millrace.packager.live.Wish;
import io.millrace.packager.presentation.Document;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.storage.StorageException;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Answers requests for media playlists: at once, or as soon as what the directives ask for is
 * listed (RFC 8216bis 6.2.5).
 */
final class MediaPlaylists {
  static final String CONTENT_TYPE = "application/vnd.apple.mpegurl";
  static final Problem UNKNOWN =
      new Problem(404, "stream-not-found", "there is no such stream, or it is not on air");
  static final Problem STARTING =
      new Problem(503, "stream-starting", "the stream is starting; ask again in a second");

  /**
   * HLS H4 allows half a target duration. But players look again after the last segment's duration,
   * and where key frames are irregular that may be less: out of its cache a browser would then be
   * told that nothing is new, and stall.
   */
  static final String CACHING = "public, max-age=1";

  private static final Problem UNAVAILABLE =
      new Problem(
          503,
          "storage-unavailable",
          "the object store, which has what was before, does not answer");
  private static final Problem TOO_FAR =
      new Problem(400, "too-far-ahead", "that is not one of the next parts of the stream");
  private static final Problem LATE =
      new Problem(503, "playlist-late", "what was asked for has not come in time");
  private static final Problem CROWDED =
      new Problem(503, "too-many-waiting", "too many requests wait here; ask another server");

  /**
   * RFC 8216bis B.1: how many target durations shared caches keep an answer that was waited for.
   */
  private static final int KEPT_TARGETS = 6;

  private final InstantSource clock;
  private final EarlierSegments earlier;

  MediaPlaylists(InstantSource clock, EarlierSegments earlier) {
    this.clock = clock;
    this.earlier = earlier;
  }

  Future<OriginResponse> answer(
      OriginRequest request, Optional<PresentationSlot> slot, String name, PlaylistKind kind) {
    if (slot.isEmpty() || slot.get().isWithdrawn()) {
      return refuse(request, UNKNOWN);
    }
    Presentation presentation = slot.get().current();
    Optional<Rendition> rendition = presentation.rendition(name).filter(kind::isOf);
    if (rendition.isEmpty()) {
      return refuse(request, presentation.renditions().isEmpty() ? STARTING : UNKNOWN);
    }
    if (rendition.get().playlist().isEmpty()) {
      return refuse(request, presentation.ended() ? UNKNOWN : STARTING);
    }
    Optional<TimeShift> shift;
    try {
      shift = TimeShift.parse(request.query());
    } catch (TimeShift.MalformedException e) {
      return refuse(request, new Problem(400, "wrong-start", String.valueOf(e.getMessage())));
    }
    // HLS L19: behind its end nothing is waited for, nor left out.
    if (presentation.partTarget().isEmpty() || presentation.ended()) {
      return send(
          request,
          document(slot.get(), presentation, name, kind, Directives.Skip.NOTHING, shift),
          CACHING);
    }
    Directives directives;
    try {
      directives = kind.ask(Directives.parse(request.query()));
    } catch (Directives.MalformedException e) {
      return refuse(request, new Problem(400, "wrong-directive", String.valueOf(e.getMessage())));
    }
    if (directives.isTooFar(presentation, rendition.get())) {
      return refuse(request, TOO_FAR);
    }
    Optional<Wish> wish =
        directives.wish(rendition.get()).filter(asked -> !asked.isOver(presentation));
    return wish.isEmpty()
        ? send(request, slot.get(), presentation, rendition.get(), kind, directives, shift)
        : held(request, slot.get(), name, kind, directives, wish.get(), shift);
  }

  private Future<OriginResponse> held(
      OriginRequest request,
      PresentationSlot slot,
      String name,
      PlaylistKind kind,
      Directives directives,
      Wish wish,
      Optional<TimeShift> shift) {
    return slot.hold(wish, clock.instant())
        .compose(
            outcome ->
                switch (outcome) {
                  case LATE -> refuse(request, LATE);
                  case REFUSED -> refuse(request, CROWDED);
                  case CHANGED -> {
                    Presentation now = slot.current();
                    Optional<Rendition> rendition = now.rendition(name);
                    yield slot.isWithdrawn() || rendition.isEmpty()
                        ? refuse(request, UNKNOWN)
                        : send(request, slot, now, rendition.get(), kind, directives, shift);
                  }
                });
  }

  /** HLS H4: browsers ask again, for caches that many share the answer is as good as a new one. */
  private Future<OriginResponse> send(
      OriginRequest request,
      PresentationSlot slot,
      Presentation presentation,
      Rendition rendition,
      PlaylistKind kind,
      Directives asked,
      Optional<TimeShift> shift) {
    boolean keeps = !presentation.ended() && asked.isNewest(presentation, rendition);
    int seconds = KEPT_TARGETS * presentation.targetSeconds();
    return send(
        request,
        document(slot, presentation, rendition.name(), kind, asked.skip(), shift),
        keeps ? CACHING + ", s-maxage=" + seconds : CACHING);
  }

  /**
   * The playlist of a rendition that is there.
   *
   * @return with its bytes where they may have taken long to write
   */
  private Future<Document> document(
      PresentationSlot slot,
      Presentation presentation,
      String name,
      PlaylistKind kind,
      Directives.Skip skip,
      Optional<TimeShift> shift) {
    if (shift.isEmpty() || slot.recorded().tail().isEmpty()) {
      return Future.succeededFuture(written(presentation, name, kind, skip, shift));
    }
    // Of a delta update the last lines only are needed, and those are written anyway.
    boolean whole = skip == Directives.Skip.NOTHING;
    return earlier
        .listed(slot, presentation, name, shift.get().start(), whole)
        .compose(
            listed ->
                EarlierSegments.aside(
                    () -> {
                      Document document = written(listed, name, kind, skip, shift);
                      var _ = document.etag();
                      return document;
                    }));
  }

  private static Document written(
      Presentation presentation,
      String name,
      PlaylistKind kind,
      Directives.Skip skip,
      Optional<TimeShift> shift) {
    return kind.document(presentation, presentation.rendition(name).orElseThrow(), skip, shift);
  }

  private static Future<OriginResponse> send(
      OriginRequest request, Future<Document> document, String caching) {
    return document
        .map(
            written ->
                new Representation(CONTENT_TYPE, written.etag(), caching, false, written.bytes())
                    .answer(request))
        .recover(
            failure ->
                failure instanceof StorageException
                    ? refuse(request, UNAVAILABLE)
                    : Future.failedFuture(failure));
  }

  static Future<OriginResponse> refuse(OriginRequest request, Problem problem) {
    return Future.succeededFuture(Representation.problem(request, problem));
  }
}
