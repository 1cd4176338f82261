package io.millrace.packager.origin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.millrace.http.Problem;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.Origin;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.PictureMaker;
import io.millrace.packager.dash.ManifestWriter;
import io.millrace.packager.live.PresentationSlot;
import io.millrace.packager.live.Presentations;
import io.millrace.packager.presentation.Document;
import io.millrace.packager.presentation.Presentation;
import io.millrace.storage.ObjectStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Answers from the newest presentations, and from the store what memory no longer has. */
public final class PresentationOrigin implements Origin {
  private static final Problem NO_MANIFEST =
      new Problem(
          404,
          "no-manifest",
          "this stream is packaged as MPEG-TS, for which there is no DASH manifest; play"
              + " index.m3u8, or set packager.container to cmaf");
  private static final String NO_KIND = "Unknown";

  /** What answers are counted by. */
  private static final List<String> KINDS =
      Stream.concat(
              Arrays.stream(ResourcePath.class.getPermittedSubclasses()).map(Class::getSimpleName),
              Stream.of(NO_KIND))
          .toList();

  /** A low-latency manifest, and what it is of. */
  private record Shown(Presentation of, Document document) {}

  /** Of the broadcasts that somebody asks for. */
  private final Cache<BroadcastId, Shown> lowLatency =
      Caffeine.newBuilder()
          .expireAfterAccess(Duration.ofSeconds(10))
          .executor(Runnable::run)
          .build();

  private final Presentations presentations;
  private final MediaPlaylists playlists;
  private final MediaFiles files;
  private final StillFiles stills;
  private final ThumbnailFiles thumbnails;
  private final PackagerMetrics metrics;

  /** One that makes no JPEGs. */
  public PresentationOrigin(
      Presentations presentations,
      ObjectStore store,
      PackagerConfig config,
      PackagerMetrics metrics,
      InstantSource clock) {
    this(
        presentations,
        store,
        config,
        metrics,
        clock,
        Optional.empty(),
        new ThumbnailFiles(store, Optional.empty()));
  }

  /**
   * @param pictures makes JPEGs
   * @param thumbnails those of the streams
   */
  public PresentationOrigin(
      Presentations presentations,
      ObjectStore store,
      PackagerConfig config,
      PackagerMetrics metrics,
      InstantSource clock,
      Optional<PictureMaker> pictures,
      ThumbnailFiles thumbnails) {
    this.presentations = presentations;
    this.playlists = new MediaPlaylists(clock, new EarlierSegments(store));
    this.files = new MediaFiles(store, config, clock);
    this.thumbnails = thumbnails;
    this.stills = new StillFiles(pictures);
    this.metrics = metrics;
    KINDS.forEach(metrics::answers);
  }

  @Override
  public Future<OriginResponse> answer(OriginRequest request) {
    Optional<ResourcePath> path = ResourcePath.parse(request.path());
    String kind = path.map(found -> found.getClass().getSimpleName()).orElse(NO_KIND);
    return route(request, path).onSuccess(response -> metrics.response(kind, response.status()));
  }

  private Future<OriginResponse> route(OriginRequest request, Optional<ResourcePath> path) {
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      OriginResponse refusal =
          Representation.problem(
              request, new Problem(405, "method-not-allowed", "GET and HEAD are served here"));
      Map<String, String> headers = new java.util.LinkedHashMap<>(refusal.headers());
      headers.put("allow", "GET, HEAD");
      return Future.succeededFuture(new OriginResponse(405, headers, refusal.body()));
    }
    if (path.isEmpty()) {
      return refuse(request, MediaFiles.NO_OBJECT);
    }
    return switch (path.get()) {
      case ResourcePath.Multivariant asked -> multivariant(request, asked);
      case ResourcePath.Manifest asked -> manifest(request, asked.stream(), Presentation::manifest);
      case ResourcePath.LowLatencyManifest asked ->
          manifest(request, asked.stream(), this::lowLatencyManifest);
      case ResourcePath.Still asked -> stills.file(request, presentations.newest(asked.stream()));
      case ResourcePath.StillImage asked ->
          stills.image(request, presentations.newest(asked.stream()));
      case ResourcePath.Thumbnails asked ->
          presentations
              .newest(asked.stream())
              .map(slot -> thumbnails.liveTrack(request, slot.current(), slot.window()))
              .orElseGet(() -> refuse(request, MediaPlaylists.UNKNOWN));
      case ResourcePath.ThumbnailSheet asked ->
          file(
              request,
              asked.stream(),
              asked.broadcast(),
              slot -> thumbnails.liveSheet(request, slot.current(), slot.window(), asked));
      case ResourcePath.ImageList _ -> refuse(request, ThumbnailFiles.NO_LIST);
      case ResourcePath.Media asked ->
          playlists.answer(
              request,
              slot(asked.stream(), asked.broadcast()),
              asked.rendition(),
              PlaylistKind.MEDIA);
      case ResourcePath.IFrames asked ->
          playlists.answer(
              request,
              slot(asked.stream(), asked.broadcast()),
              asked.rendition(),
              PlaylistKind.I_FRAMES);
      case ResourcePath.Header asked ->
          file(
              request,
              asked.stream(),
              asked.broadcast(),
              slot -> files.header(request, slot, asked));
      case ResourcePath.MediaSegment asked ->
          file(
              request,
              asked.stream(),
              asked.broadcast(),
              slot -> files.segment(request, slot, asked));
      case ResourcePath.MediaPart asked ->
          file(
              request, asked.stream(), asked.broadcast(), slot -> files.part(request, slot, asked));
    };
  }

  private Future<OriginResponse> multivariant(
      OriginRequest request, ResourcePath.Multivariant asked) {
    Optional<Presentation> found =
        presentations.newest(asked.stream()).map(PresentationSlot::current);
    if (found.isEmpty()) {
      return refuse(request, MediaPlaylists.UNKNOWN);
    }
    Document whole = found.get().multivariant();
    Optional<TimeShift> shift;
    try {
      shift = TimeShift.parse(request.query());
    } catch (TimeShift.MalformedException e) {
      return refuse(request, new Problem(400, "wrong-start", String.valueOf(e.getMessage())));
    }
    Document shifted =
        shift.isEmpty() || whole.isEmpty()
            ? whole
            : Document.of(() -> shift.get().multivariant(whole.bytes()));
    return playlist(request, found.get(), MediaPlaylists.CONTENT_TYPE, shifted);
  }

  /**
   * A manifest.
   *
   * @param form which of a presentation that has one
   */
  private Future<OriginResponse> manifest(
      OriginRequest request, StreamKey stream, Function<Presentation, Document> form) {
    Optional<Presentation> found = presentations.newest(stream).map(PresentationSlot::current);
    if (found.isEmpty()) {
      return refuse(request, MediaPlaylists.UNKNOWN);
    }
    Presentation presentation = found.get();
    boolean hasNone = presentation.manifest().isEmpty() && !presentation.multivariant().isEmpty();
    return hasNone
        ? refuse(request, NO_MANIFEST)
        : playlist(
            request,
            presentation,
            "application/dash+xml",
            presentation.manifest().isEmpty() ? Document.EMPTY : form.apply(presentation));
  }

  /** It changes with parts, and is written once for each change that somebody sees. */
  @SuppressWarnings("ReferenceEquality") // the same one, not one that looks the same
  private Document lowLatencyManifest(Presentation presentation) {
    return lowLatency
        .asMap()
        .compute(
            presentation.broadcast().id(),
            (id, before) ->
                before != null && before.of == presentation
                    ? before
                    : new Shown(
                        presentation, Document.of(() -> ManifestWriter.lowLatency(presentation))))
        .document();
  }

  private static Future<OriginResponse> playlist(
      OriginRequest request, Presentation presentation, String contentType, Document document) {
    return document.isEmpty()
        ? refuse(request, presentation.ended() ? MediaPlaylists.UNKNOWN : MediaPlaylists.STARTING)
        : Future.succeededFuture(
            new Representation(
                    contentType, document.etag(), MediaPlaylists.CACHING, false, document.bytes())
                .answer(request));
  }

  private Future<OriginResponse> file(
      OriginRequest request,
      StreamKey stream,
      BroadcastId broadcast,
      Function<PresentationSlot, Future<OriginResponse>> answer) {
    return slot(stream, broadcast)
        .map(answer)
        .orElseGet(() -> refuse(request, MediaPlaylists.UNKNOWN));
  }

  private Optional<PresentationSlot> slot(StreamKey stream, BroadcastId broadcast) {
    return presentations.find(broadcast).filter(slot -> slot.broadcast().stream().equals(stream));
  }

  private static Future<OriginResponse> refuse(OriginRequest request, Problem problem) {
    return Future.succeededFuture(Representation.problem(request, problem));
  }
}
