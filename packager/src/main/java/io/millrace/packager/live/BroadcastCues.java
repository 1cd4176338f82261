package io.millrace.packager.live;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import io.millrace.media.cue.CueRequest;
import io.millrace.media.cue.CueRequest.Kind;
import io.millrace.media.cue.CueTime;
import io.millrace.media.cue.MetadataRequest;
import io.millrace.packager.Cue;
import io.millrace.packager.CueReply;
import io.millrace.packager.CueReply.Reason;
import io.millrace.packager.Told;
import io.millrace.packager.cue.CueOutcome;
import io.millrace.packager.cue.CuePoint;
import io.millrace.packager.cue.CuePoints;
import io.millrace.packager.cue.CueRules;
import io.millrace.packager.cue.DateRanges;
import io.millrace.packager.cue.EventStreams;
import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.cue.SpliceTimes;
import io.millrace.packager.cue.StoredCues;
import io.millrace.packager.hls.LowLatency;
import io.millrace.packager.metadata.InbandEvents;
import io.millrace.packager.metadata.MetadataQueue;
import io.millrace.packager.presentation.CueLines;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The cue points of one broadcast: where its segments are to be cut, and what its playlists say.
 * Confined to the broadcast's home context.
 *
 * <pre>
 *   asked for ──► CuePoints ──splices──► Segmenter ──cut──► CuePoints
 *                     └──listed──► DateRanges ──► CueLines of the next presentation
 * </pre>
 */
final class BroadcastCues {
  /** What dates have. */
  private static final Duration MILLISECOND = Duration.ofMillis(1);

  /** All tags of a playlist, in characters. */
  private static final int MOST_TEXT = 256 << 10;

  /** Media within this is in memory only. */
  private static final long NEAR_NANOS = 5_000_000_000L;

  /** At most the frame that is taken for the nearest one to a splice. */
  private static final long HALF_FRAME_NANOS = 25_000_000;

  private final ProgrammeDates dates;
  private final CuePoints points;
  private final DateRanges ranges;
  private final SpliceTimes splices = new SpliceTimes(this::cut);
  private final MetadataQueue queue = new MetadataQueue();
  private final Consumer<RecordedCues> departed;
  private final BroadcastMetadata metadata;
  private final Map<TrackId, Track> tracks = new HashMap<>();
  private boolean hasPictures;
  private long edgeNanos;
  private List<CuePoint> listed = List.of();
  private List<InbandEvents> known = List.of();
  private Instant changedAt = Instant.MIN;

  /**
   * @param from of an earlier writer
   * @param mediaEnd how far the media had come by then
   * @param departed told of what the playlists list no more
   */
  BroadcastCues(
      ProgrammeDates dates,
      StoredCues from,
      Duration mediaEnd,
      int epoch,
      Consumer<RecordedCues> departed) {
    this.dates = dates;
    this.departed = departed;
    this.edgeNanos = mediaEnd.toNanos();
    this.points =
        new CuePoints(dates, CueRules.DEFAULT, from.points(), from.gone(), mediaEnd.toNanos());
    this.ranges = new DateRanges(from.tags(), from.removed());
    this.metadata =
        new BroadcastMetadata(
            queue, dates, CueRules.DEFAULT, epoch, from.metadata(), from.schemes());
    splices.set(points.splices());
  }

  /** What the segmenter asks and tells. */
  SpliceTimes splices() {
    return splices;
  }

  /** What is to come with the samples. */
  MetadataQueue queue() {
    return queue;
  }

  /** Media comes: where there are pictures, they say how far it has come. */
  void accept(MediaEvent event) {
    switch (event) {
      case MediaEvent.TracksReady ready -> {
        tracks.clear();
        ready.tracks().forEach(track -> tracks.put(track.id(), track));
        hasPictures = ready.tracks().stream().anyMatch(Track::isVideo);
        queue.setPictures(hasPictures);
      }
      case MediaEvent.SampleReady ready -> came(ready.sample());
      case MediaEvent.Discontinuity _, MediaEvent.Ended _ -> {}
    }
  }

  private void came(Sample sample) {
    Track track = tracks.get(sample.track());
    if (track != null && track.isVideo() == hasPictures) {
      edgeNanos = Math.max(edgeNanos, track.timescale().toNanos(sample.dts()));
    }
  }

  /**
   * Behind an outage programme dates are elsewhere in the media; what is to come keeps its date.
   *
   * @param startRun makes it so
   */
  void startRun(Runnable startRun) {
    points.advance(edgeNanos);
    Instant before = dates.wallAt(edgeNanos);
    startRun.run();
    points.shift(dates.mediaAt(before) - edgeNanos);
    splices.set(points.splices());
  }

  private void cut(long nanos) {
    points.cut(nanos);
    points.advance(nanos + HALF_FRAME_NANOS);
    splices.set(points.splices());
  }

  /** See {@link io.millrace.packager.Cues#announce}. */
  CueReply<Cue> announce(CueRequest request) {
    points.advance(edgeNanos);
    Optional<CuePoint> known = points.find(request.id());
    if (known.isPresent() && isSame(known.get(), request)) {
      return new CueReply.Done<>(view(known.get()), false);
    }
    if (points.hasHad(request.id())) {
      return new CueReply.Refused<>(
          Reason.TAKEN, "this broadcast has had another cue point '" + request.id() + "'");
    }
    int text = ranges.tags().stream().mapToInt(tag -> tag.text().length()).sum();
    if (text > MOST_TEXT) {
      return new CueReply.Refused<>(
          Reason.FULL, "what the cue points say would make the playlists too long; wait");
    }
    boolean full = points.isFull();
    CueOutcome outcome = points.announce(request);
    splices.set(points.splices());
    return outcome instanceof CueOutcome.Refused(String words)
        ? new CueReply.Refused<>(full ? Reason.FULL : Reason.UNUSABLE, words)
        : new CueReply.Done<>(view(points.find(request.id()).orElseThrow()), true);
  }

  /** Whether a request is that of a cue point that is there; its start may be where it was cut. */
  private static boolean isSame(CuePoint cue, CueRequest request) {
    OptionalLong planned =
        request.planned().isPresent()
            ? OptionalLong.of(request.planned().get().toNanos())
            : OptionalLong.empty();
    boolean started =
        switch (request.start()) {
          case CueTime.NextCut _ -> true;
          case CueTime.At(Instant date) ->
              Duration.between(cue.startDate(), date).abs().compareTo(MILLISECOND) <= 0;
          case CueTime.Media(long nanos) -> cue.startNanos() == nanos;
        };
    return started
        && cue.kind() == request.kind()
        && cue.cueClass().equals(request.cueClass())
        && cue.plannedNanos().equals(planned)
        && cue.autoReturn() == request.autoReturn()
        && cue.attributes().equals(request.attributes())
        && (request.section().isEmpty() || request.section().equals(cue.out()));
  }

  /** See {@link io.millrace.packager.Cues#end}. */
  CueReply<Optional<Cue>> end(String id, CueTime time) {
    points.advance(edgeNanos);
    if (points.find(id).isEmpty()) {
      return new CueReply.Refused<>(Reason.UNKNOWN, "this broadcast has no cue point '" + id + "'");
    }
    CueOutcome outcome = points.end(id, time);
    splices.set(points.splices());
    return outcome instanceof CueOutcome.Refused(String words)
        ? new CueReply.Refused<>(
            points.find(id).orElseThrow().endDate().isPresent() ? Reason.UNKNOWN : Reason.UNUSABLE,
            words)
        : new CueReply.Done<>(
            points.find(id).map(BroadcastCues::view), !(outcome instanceof CueOutcome.Ignored));
  }

  /** See {@link io.millrace.packager.Cues#tell}. */
  CueReply<Told> tell(MetadataRequest request) {
    return metadata.tell(request, edgeNanos);
  }

  /** Whether the media has come so near to a moment that the store would be later. */
  boolean isNear(Duration mediaTime) {
    return mediaTime.toNanos() < edgeNanos + NEAR_NANOS;
  }

  List<Cue> all() {
    return points.all().stream().map(BroadcastCues::view).toList();
  }

  /** Nothing follows. */
  void close() {
    points.close();
    splices.set(points.splices());
  }

  /**
   * What is to be said from now on.
   *
   * @param place where the playlists end
   * @param firstNanos where the first segment starts that any rendition lists
   */
  CueLines lines(Instant now, DateRanges.Place place, long firstNanos, int targetSeconds) {
    points.advance(edgeNanos);
    for (CuePoint cue : points.forget(firstNanos)) {
      departed.accept(ranges.departing(cue, place, now));
    }
    splices.set(points.splices());
    List<CuePoint> next = points.listed();
    Duration skipBoundary = LowLatency.skipBoundary(targetSeconds);
    boolean changed = ranges.update(next, place, now, skipBoundary);
    queue.forget(edgeNanos);
    List<InbandEvents> schemes = metadata.schemes();
    if (changed || !next.equals(listed) || !schemes.equals(known)) {
      changedAt = now;
    }
    listed = next;
    known = schemes;
    return lines(ranges, next, schemes, now.minus(skipBoundary), changedAt);
  }

  /** What is said of a broadcast that has ended. */
  static CueLines ended(StoredCues cues) {
    return lines(
        new DateRanges(cues.tags(), cues.removed()),
        cues.points(),
        cues.schemes(),
        Instant.MAX,
        Instant.MIN);
  }

  private static CueLines lines(
      DateRanges ranges,
      List<CuePoint> listed,
      List<InbandEvents> schemes,
      Instant boundary,
      Instant changedAt) {
    if (listed.isEmpty()
        && schemes.isEmpty()
        && ranges.removed().isEmpty()
        && changedAt.equals(Instant.MIN)) {
      return CueLines.NONE;
    }
    Set<DateRanges.Tag> recent = new HashSet<>(ranges.tagsSince(boundary));
    return new CueLines(
        ranges.tags().stream()
            .map(
                tag ->
                    new CueLines.Tag(
                        tag.text(), tag.place().msn(), tag.place().parts(), recent.contains(tag)))
            .sorted(
                Comparator.comparingLong(CueLines.Tag::msn).thenComparingInt(CueLines.Tag::parts))
            .toList(),
        ranges.recentlyRemoved(boundary),
        changedAt,
        (from, until) -> EventStreams.of(listed, from, until),
        InbandEvents.elements(schemes));
  }

  /** For whoever goes on with the broadcast. */
  StoredCues stored() {
    return new StoredCues(
        points.all(),
        points.gone(),
        ranges.tags(),
        ranges.removed(),
        metadata.pending(),
        metadata.schemes());
  }

  private static Cue view(CuePoint cue) {
    boolean placed = !cue.startsAtCut();
    return new Cue(
        cue.id(),
        cue.kind(),
        cue.cueClass(),
        switch (cue.state()) {
          case ANNOUNCED -> Cue.State.ANNOUNCED;
          case OUT -> Cue.State.ON;
          case ENDED -> Cue.State.ENDED;
        },
        placed ? OptionalLong.of(cue.startNanos()) : OptionalLong.empty(),
        placed ? Optional.of(cue.startDate()) : Optional.empty(),
        cue.plannedNanos().isPresent()
            ? Optional.of(Duration.ofNanos(cue.plannedNanos().getAsLong()))
            : Optional.empty(),
        cue.autoReturn(),
        cue.endsAtCut() || (cue.kind() == Kind.MARK && cue.plannedNanos().isEmpty())
            ? OptionalLong.empty()
            : cue.endNanos(),
        cue.endDate(),
        cue.out(),
        cue.attributes());
  }
}
