package io.millrace.packager.origin;

import io.millrace.http.Problem;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import io.millrace.packager.Origin;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.live.ObjectNames;
import io.millrace.packager.live.PresentationSlot;
import io.millrace.packager.live.Presentations;
import io.millrace.packager.presentation.Document;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import io.millrace.storage.ObjectStore;
import io.millrace.storage.StorageException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Answers from the newest presentations, and from the store what memory no longer has. */
public final class PresentationOrigin implements Origin {
  private static final String PLAYLIST = "application/vnd.apple.mpegurl";
  private static final String MANIFEST = "application/dash+xml";
  private static final String SEGMENT = "video/iso.segment";
  private static final String TRANSPORT_STREAM = "video/mp2t";
  private static final String MP4 = "video/mp4";
  private static final Problem UNKNOWN =
      new Problem(404, "stream-not-found", "there is no such stream, or it is not on air");

  /**
   * HLS H4 allows half a target duration. But players look again after the last segment's duration,
   * and where key frames are irregular that may be less: out of its cache a browser would then be
   * told that nothing is new, and stall.
   */
  private static final String PLAYLIST_CACHING = "public, max-age=1";

  private static final Problem STARTING =
      new Problem(503, "stream-starting", "the stream is starting; ask again in a second");
  private static final Problem NO_MANIFEST =
      new Problem(
          404,
          "no-manifest",
          "this stream is packaged as MPEG-TS, for which there is no DASH manifest; play"
              + " index.m3u8, or set packager.container to cmaf");
  private static final Problem NO_OBJECT =
      new Problem(404, "segment-not-found", "this part of the stream does not exist (any more)");

  private static final String NO_KIND = "Unknown";

  /** What answers are counted by. */
  private static final List<String> KINDS =
      Stream.concat(
              Arrays.stream(ResourcePath.class.getPermittedSubclasses()).map(Class::getSimpleName),
              Stream.of(NO_KIND))
          .toList();

  private final Presentations presentations;
  private final ObjectStore store;
  private final PackagerConfig config;
  private final PackagerMetrics metrics;

  public PresentationOrigin(
      Presentations presentations,
      ObjectStore store,
      PackagerConfig config,
      PackagerMetrics metrics) {
    this.presentations = presentations;
    this.store = store;
    this.config = config;
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
      return refuse(request, NO_OBJECT);
    }
    return switch (path.get()) {
      case ResourcePath.Multivariant asked -> multivariant(request, asked);
      case ResourcePath.Manifest asked -> manifest(request, asked);
      case ResourcePath.Still asked -> still(request, asked);
      case ResourcePath.Media asked -> media(request, asked);
      case ResourcePath.Header asked -> header(request, asked);
      case ResourcePath.MediaSegment asked -> segment(request, asked);
    };
  }

  private Future<OriginResponse> multivariant(
      OriginRequest request, ResourcePath.Multivariant asked) {
    Optional<Presentation> found =
        presentations.newest(asked.stream()).map(PresentationSlot::current);
    if (found.isEmpty()) {
      return refuse(request, UNKNOWN);
    }
    return playlist(request, found.get(), PLAYLIST, found.get().multivariant());
  }

  private Future<OriginResponse> manifest(OriginRequest request, ResourcePath.Manifest asked) {
    Optional<Presentation> found =
        presentations.newest(asked.stream()).map(PresentationSlot::current);
    if (found.isEmpty()) {
      return refuse(request, UNKNOWN);
    }
    Presentation presentation = found.get();
    boolean hasNone = presentation.manifest().isEmpty() && !presentation.multivariant().isEmpty();
    return hasNone
        ? refuse(request, NO_MANIFEST)
        : playlist(request, presentation, MANIFEST, presentation.manifest());
  }

  private Future<OriginResponse> media(OriginRequest request, ResourcePath.Media asked) {
    Optional<PresentationSlot> slot = slot(asked.stream(), asked.broadcast());
    if (slot.isEmpty() || slot.get().isWithdrawn()) {
      return refuse(request, UNKNOWN);
    }
    Presentation presentation = slot.get().current();
    Optional<Rendition> rendition = presentation.rendition(asked.rendition());
    if (rendition.isEmpty()) {
      return refuse(request, presentation.renditions().isEmpty() ? STARTING : UNKNOWN);
    }
    return playlist(request, presentation, PLAYLIST, rendition.get().playlist());
  }

  private static Future<OriginResponse> playlist(
      OriginRequest request, Presentation presentation, String contentType, Document document) {
    if (document.isEmpty()) {
      return refuse(request, presentation.ended() ? UNKNOWN : STARTING);
    }
    return Future.succeededFuture(
        new Representation(contentType, document.etag(), PLAYLIST_CACHING, false, document.bytes())
            .answer(request));
  }

  private Future<OriginResponse> still(OriginRequest request, ResourcePath.Still asked) {
    Optional<PresentationSlot> slot = presentations.newest(asked.stream());
    if (slot.isEmpty()) {
      return refuse(request, UNKNOWN);
    }
    Presentation presentation = slot.get().current();
    Optional<Document> still =
        presentation.offered().stream().flatMap(r -> r.still().stream()).findFirst();
    if (still.isEmpty()) {
      return refuse(
          request,
          !presentation.multivariant().isEmpty()
              ? new Problem(404, "no-picture", "there is no picture of this stream")
              : STARTING);
    }
    return Future.succeededFuture(
        new Representation(
                MP4,
                slot.get().broadcast().id() + "-" + still.get().etag(),
                "public, max-age=2",
                true,
                still.get().bytes())
            .answer(request));
  }

  private Future<OriginResponse> header(OriginRequest request, ResourcePath.Header asked) {
    Optional<PresentationSlot> slot = slot(asked.stream(), asked.broadcast());
    if (slot.isEmpty()) {
      return refuse(request, UNKNOWN);
    }
    Presentation presentation = slot.get().current();
    Optional<Buffer> inMemory =
        presentation
            .rendition(asked.rendition())
            .map(rendition -> rendition.headers().get(asked.file()));
    return immutable(
        request,
        presentation,
        asked.rendition(),
        asked.file(),
        asked.rendition().startsWith("video") ? MP4 : "audio/mp4",
        inMemory);
  }

  private Future<OriginResponse> segment(OriginRequest request, ResourcePath.MediaSegment asked) {
    Optional<PresentationSlot> slot = slot(asked.stream(), asked.broadcast());
    if (slot.isEmpty()) {
      return refuse(request, UNKNOWN);
    }
    Presentation presentation = slot.get().current();
    Optional<Rendition> rendition = presentation.rendition(asked.rendition());
    Optional<Segment> segment =
        rendition.flatMap(found -> found.segment(asked.msn(), asked.file()));
    boolean mayBeOld = rendition.map(found -> asked.msn() < found.mediaSequence()).orElse(false);
    if (segment.map(Segment::gap).orElse(!mayBeOld)) {
      return refuse(request, NO_OBJECT);
    }
    return immutable(
        request,
        presentation,
        asked.rendition(),
        asked.file(),
        asked.file().endsWith(".ts") ? TRANSPORT_STREAM : SEGMENT,
        segment.flatMap(Segment::content));
  }

  private Future<OriginResponse> immutable(
      OriginRequest request,
      Presentation presentation,
      String rendition,
      String file,
      String contentType,
      Optional<Buffer> inMemory) {
    if (inMemory.isPresent()) {
      return Future.succeededFuture(
          representation(presentation, rendition, file, contentType, inMemory.get())
              .answer(request));
    }
    return store
        .get(ObjectNames.object(presentation.broadcast(), rendition, file))
        .map(
            found ->
                found
                    .map(
                        object ->
                            representation(
                                    presentation, rendition, file, contentType, object.content())
                                .answer(request))
                    .orElseGet(() -> Representation.problem(request, NO_OBJECT)))
        .recover(
            failure ->
                failure instanceof StorageException
                    ? refuse(
                        request,
                        new Problem(503, "storage-unavailable", "the object store does not answer"))
                    : Future.failedFuture(failure));
  }

  /** Names are never used twice, so the name is the validator (HLS H3). */
  private Representation representation(
      Presentation presentation, String rendition, String file, String contentType, Buffer bytes) {
    long seconds = config.window().toSeconds() + 3L * presentation.targetSeconds();
    return new Representation(
        contentType,
        presentation.broadcast().id() + "-" + rendition + "-" + file,
        "public, max-age=" + seconds + ", immutable",
        true,
        bytes);
  }

  private Optional<PresentationSlot> slot(StreamKey stream, BroadcastId broadcast) {
    return presentations.find(broadcast).filter(slot -> slot.broadcast().stream().equals(stream));
  }

  private static Future<OriginResponse> refuse(OriginRequest request, Problem problem) {
    return Future.succeededFuture(Representation.problem(request, problem));
  }
}
