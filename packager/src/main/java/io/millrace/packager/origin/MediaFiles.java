package io.millrace.packager.origin;

import io.millrace.http.Problem;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.captions.WebVttWriter;
import io.millrace.packager.live.Held;
import io.millrace.packager.live.ObjectNames;
import io.millrace.packager.live.PresentationSlot;
import io.millrace.packager.live.Wish;
import io.millrace.packager.presentation.Part;
import io.millrace.packager.presentation.PartialSegment;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import io.millrace.storage.ObjectStore;
import io.millrace.storage.StorageException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Answers requests for headers, segments and parts, whose names are never used twice: from memory,
 * or from the store what memory no longer has. The part that is hinted at is waited for.
 */
final class MediaFiles {
  static final Problem NO_OBJECT =
      new Problem(404, "segment-not-found", "this part of the stream does not exist (any more)");

  /** Tells who asks part after part that it has all of them, so that it need not ask again. */
  private static final Problem NO_MORE_PARTS =
      new Problem(404, "no-more-parts", "this segment is whole and has no such part");

  static final String MP4 = "video/mp4";

  private static final String SEGMENT = "video/iso.segment";
  private static final String TRANSPORT_STREAM = "video/mp2t";
  private static final Problem LATE =
      new Problem(503, "part-late", "this part has not come in time");
  private static final Problem CROWDED =
      new Problem(503, "too-many-waiting", "too many requests wait here; ask another server");

  private final ObjectStore store;
  private final PackagerConfig config;
  private final InstantSource clock;

  MediaFiles(ObjectStore store, PackagerConfig config, InstantSource clock) {
    this.store = store;
    this.config = config;
    this.clock = clock;
  }

  Future<OriginResponse> header(
      OriginRequest request, PresentationSlot slot, ResourcePath.Header asked) {
    Presentation presentation = slot.current();
    File file =
        new File(
            presentation,
            asked.rendition(),
            asked.file(),
            asked.rendition().startsWith("video") ? MP4 : "audio/mp4");
    return send(
        request,
        file,
        presentation
            .rendition(asked.rendition())
            .map(rendition -> rendition.headers().get(asked.file())),
        () -> whole(file));
  }

  Future<OriginResponse> segment(
      OriginRequest request, PresentationSlot slot, ResourcePath.MediaSegment asked) {
    Presentation presentation = slot.current();
    Optional<Rendition> rendition = presentation.rendition(asked.rendition());
    Optional<Segment> segment =
        rendition.flatMap(found -> found.segment(asked.msn(), asked.file()));
    boolean mayBeOld = rendition.map(found -> asked.msn() < found.mediaSequence()).orElse(false);
    if (segment.map(Segment::gap).orElse(!mayBeOld)) {
      return MediaPlaylists.refuse(request, NO_OBJECT);
    }
    File file = new File(presentation, asked.rendition(), asked.file(), contentType(asked.file()));
    return send(request, file, segment.flatMap(Segment::content), () -> whole(file));
  }

  static String contentType(String file) {
    return file.endsWith(".ts")
        ? TRANSPORT_STREAM
        : file.endsWith(".vtt") ? WebVttWriter.CONTENT_TYPE : SEGMENT;
  }

  Future<OriginResponse> part(
      OriginRequest request, PresentationSlot slot, ResourcePath.MediaPart asked) {
    Wish wish = new Wish.Hinted(asked.rendition(), asked.file());
    // HLS L10, L11
    return wish.isOver(slot.current())
        ? partNow(request, slot, asked)
        : slot.hold(wish, clock.instant())
            .compose(
                outcome ->
                    outcome == Held.CHANGED
                        ? partNow(request, slot, asked)
                        : MediaPlaylists.refuse(request, outcome == Held.LATE ? LATE : CROWDED));
  }

  /**
   * What is not there of the segment that comes may be in a moment, so nobody is to remember that
   * it is not.
   */
  private Future<OriginResponse> partNow(
      OriginRequest request, PresentationSlot slot, ResourcePath.MediaPart asked) {
    Presentation presentation = slot.current();
    File file = new File(presentation, asked.rendition(), asked.file(), SEGMENT);
    Optional<Rendition> rendition =
        presentation.partTarget().flatMap(parts -> presentation.rendition(asked.rendition()));
    Optional<PartialSegment> partial =
        rendition
            .flatMap(Rendition::partial)
            .filter(next -> next.msn() == asked.msn() && next.epoch() == asked.epoch())
            .filter(next -> asked.number() < next.parts().size());
    if (partial.isPresent() && !partial.get().parts().get(asked.number()).gap()) {
      Buffer bytes = partial.get().content().get(asked.number());
      return Future.succeededFuture(representation(file, bytes).answer(request));
    }
    Optional<Segment> segment =
        rendition
            .flatMap(found -> found.segment(asked.msn()))
            .filter(found -> found.epoch() == asked.epoch())
            .filter(found -> asked.number() < found.parts().size())
            .filter(found -> !found.parts().get(asked.number()).gap());
    if (segment.isEmpty()) {
      return Future.succeededFuture(
          rendition.map(found -> isBehindLast(found, asked)).orElse(false)
              ? Representation.problem(request, NO_MORE_PARTS)
              : rendition.map(found -> asked.msn() < found.nextMsn()).orElse(true)
                  ? Representation.problem(request, NO_OBJECT)
                  : Representation.problem(request, NO_OBJECT, "no-store"));
    }
    Part part = segment.get().parts().get(asked.number());
    String key =
        ObjectNames.object(presentation.broadcast(), asked.rendition(), segment.get().name());
    return send(
        request,
        file,
        segment.get().content().map(all -> all.slice(part.offset(), part.offset() + part.length())),
        () -> store.getRange(key, part.offset(), part.length()));
  }

  /** Whether a segment has all parts before one, and no more. */
  private static boolean isBehindLast(Rendition rendition, ResourcePath.MediaPart asked) {
    boolean ofNewest =
        rendition
            .partial()
            .filter(next -> next.msn() == asked.msn() && next.epoch() == asked.epoch())
            .filter(next -> next.whole() && next.parts().size() == asked.number())
            .isPresent();
    return asked.number() > 0
        && (ofNewest
            || rendition
                .segment(asked.msn())
                .filter(found -> found.epoch() == asked.epoch() && !found.gap())
                .filter(found -> found.parts().size() == asked.number())
                .isPresent());
  }

  /** One of them, whose name is also its validator (HLS H3). */
  private record File(
      Presentation presentation, String rendition, String name, String contentType) {}

  private Future<Optional<Buffer>> whole(File file) {
    return store
        .get(ObjectNames.object(file.presentation.broadcast(), file.rendition, file.name))
        .map(found -> found.map(object -> object.content()));
  }

  private Future<OriginResponse> send(
      OriginRequest request,
      File file,
      Optional<Buffer> inMemory,
      Supplier<Future<Optional<Buffer>>> stored) {
    if (inMemory.isPresent()) {
      return Future.succeededFuture(representation(file, inMemory.get()).answer(request));
    }
    return stored
        .get()
        .map(
            found ->
                found
                    .map(bytes -> representation(file, bytes).answer(request))
                    .orElseGet(() -> Representation.problem(request, NO_OBJECT)))
        .recover(
            failure ->
                failure instanceof StorageException
                    ? MediaPlaylists.refuse(
                        request,
                        new Problem(503, "storage-unavailable", "the object store does not answer"))
                    : Future.failedFuture(failure));
  }

  private Representation representation(File file, Buffer bytes) {
    Presentation presentation = file.presentation;
    long seconds = config.window().toSeconds() + 3L * presentation.targetSeconds();
    return new Representation(
        file.contentType,
        presentation.broadcast().id() + "-" + file.rendition + "-" + file.name,
        "public, max-age=" + seconds + ", immutable",
        true,
        bytes);
  }
}
