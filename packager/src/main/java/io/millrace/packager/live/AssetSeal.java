package io.millrace.packager.live;

import io.millrace.http.OutageLog;
import io.millrace.media.Broadcast;
import io.millrace.packager.Asset;
import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.state.AssetRecord;
import io.millrace.packager.state.RecordedChunk;
import io.millrace.packager.state.RecordedTail;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the asset of a broadcast that has ended: the rest of its segments goes into chunks, then
 * its record is put. Until that is there, a start finds the broadcast by its index entry and does
 * it again. Confined to one context.
 *
 * <p>The record stands apart from what it names, so it is put when everybody finds that: another
 * node, or this one without its disk, never has an asset whose segments are not there.
 */
final class AssetSeal {
  private static final Logger LOGGER = LoggerFactory.getLogger(AssetSeal.class);
  private static final Duration AGAIN = Duration.ofSeconds(5);
  private static final Duration WARN_PERIOD = Duration.ofMinutes(1);

  private final WriterSetup setup;
  private final Broadcast broadcast;
  private final int epoch;
  private final OutageLog outage = new OutageLog(WARN_PERIOD);
  private Instant nextTry = Instant.MIN;
  private boolean underWay;
  private boolean done;
  private boolean empty;

  AssetSeal(WriterSetup setup, Broadcast broadcast, int epoch) {
    this.setup = setup;
    this.broadcast = broadcast;
    this.epoch = epoch;
  }

  /** Of a broadcast whose asset is there. */
  static AssetSeal done(WriterSetup setup, Broadcast broadcast) {
    AssetSeal seal = new AssetSeal(setup, broadcast, 0);
    seal.done = true;
    return seal;
  }

  /** Whether nothing is left to do. */
  boolean isDone() {
    return done;
  }

  /** Whether there was nothing to make an asset of. */
  boolean isEmpty() {
    return empty;
  }

  /** Whether an attempt would be made now. */
  boolean isDue(Instant now) {
    return !done && !underWay && !now.isBefore(nextTry);
  }

  /**
   * Makes an attempt.
   *
   * @param ended with the segments that are still listed
   * @return never fails
   */
  Future<Void> attempt(Instant now, Recorded recorded, Presentation ended) {
    if (done || underWay) {
      return Future.succeededFuture();
    }
    underWay = true;
    nextTry = now.plus(AGAIN);
    return seal(recorded, ended)
        .onComplete(
            result -> {
              underWay = false;
              done = result.succeeded();
              if (done) {
                outage.answered();
              } else {
                failed(result.cause());
              }
            })
        .otherwiseEmpty();
  }

  private void failed(Throwable failure) {
    setup.metrics().storeFailure("asset");
    outage
        .failed(System.nanoTime())
        .ifPresent(
            times ->
                LOGGER
                    .atWarn()
                    .addKeyValue("stream", broadcast.stream())
                    .addKeyValue("broadcast", broadcast.id())
                    .addKeyValue("failures", times)
                    .addKeyValue("reason", failure.getMessage())
                    .log("the store does not take a recording's end; it is tried again"));
  }

  private Future<Void> seal(Recorded recorded, Presentation ended) {
    RecordedTail tail = recorded.tail().orElseThrow();
    Map<String, List<Segment>> rest = rest(tail, ended);
    long end = ended.renditions().stream().mapToLong(Rendition::nextMsn).max().orElse(0);
    List<String> names = new ArrayList<>(recorded.chunks());
    Future<Void> put = Future.succeededFuture();
    long bytes = tail.bytes();
    Duration duration = tail.duration();
    RecordedCues cues =
        tail.cues().ended(RecordedCueLines.endNanos(ended.renditions()), endDate(ended), end);
    for (long from = tail.from(); from < end; from += BroadcastRecording.LARGEST_CHUNK) {
      RecordedChunk chunk =
          RecordedChunk.of(rest, from, Math.min(end, from + BroadcastRecording.LARGEST_CHUNK))
              .with(from == tail.from() ? cues : RecordedCues.NONE);
      String name = ObjectNames.chunk(from, epoch);
      names.add(name);
      bytes += chunk.bytes();
      duration = duration.plusNanos(chunk.nanos());
      put =
          put.compose(
              v ->
                  setup
                      .store()
                      .put(ObjectNames.prefix(broadcast) + name, chunk.toBuffer())
                      .mapEmpty());
    }
    if (bytes == 0) {
      empty = true;
      return Future.succeededFuture();
    }
    AssetRecord asset = record(tail, ended, names, bytes, duration);
    return put.compose(v -> setup.store().delivered(ObjectNames.prefix(broadcast)))
        .compose(
            v ->
                setup
                    .store()
                    .putIf(ObjectNames.asset(broadcast.id()), Optional.empty(), asset.toBuffer()))
        .onSuccess(v -> setup.shelf().sealed(asset))
        .mapEmpty();
  }

  /** Where the last segment ends by the playlists' dates. */
  private static Instant endDate(Presentation ended) {
    return ended.renditions().stream()
        .filter(rendition -> !rendition.isEmpty())
        .map(rendition -> rendition.segments().getLast().end())
        .max(Comparator.naturalOrder())
        .orElseGet(ended.endedAt()::orElseThrow)
        .truncatedTo(ChronoUnit.MILLIS);
  }

  /** What is in no chunk; of what is listed, what the store has not confirmed is a gap. */
  private static Map<String, List<Segment>> rest(RecordedTail tail, Presentation ended) {
    Map<String, List<Segment>> rest = new LinkedHashMap<>();
    tail.lines().forEach((name, line) -> rest.put(name, new ArrayList<>(line.segments())));
    for (Rendition rendition : ended.renditions()) {
      List<Segment> line = rest.computeIfAbsent(rendition.name(), name -> new ArrayList<>());
      for (Segment segment : rendition.segments()) {
        line.add(segment.stored() || segment.gap() ? segment : segment.asGap());
      }
    }
    return rest;
  }

  private AssetRecord record(
      RecordedTail tail, Presentation ended, List<String> chunks, long bytes, Duration duration) {
    List<Rendition> renditions = new ArrayList<>();
    int width = 0;
    int height = 0;
    for (Rendition rendition : ended.renditions()) {
      Map<String, RenditionInfo> formats = new HashMap<>();
      RecordedTail.Line line = tail.lines().get(rendition.name());
      if (line != null) {
        formats.putAll(line.formats());
      }
      formats.putAll(rendition.formats());
      for (RenditionInfo format : formats.values()) {
        if (format.width() > width) {
          width = format.width();
          height = format.height();
        }
      }
      renditions.add(rendition.recorded(formats, List.of(), rendition.discontinuitySequence()));
    }
    return new AssetRecord(
        new Asset(
            broadcast.id(),
            broadcast.tenant(),
            broadcast.stream(),
            broadcast.startedAt(),
            ended.endedAt().orElseThrow(),
            duration,
            bytes,
            width,
            height,
            false),
        AssetRecord.Stage.WHOLE,
        ended.targetSeconds(),
        chunks,
        renditions);
  }
}
