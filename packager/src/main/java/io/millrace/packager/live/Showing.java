package io.millrace.packager.live;

import io.millrace.media.LiveStream;
import io.millrace.packager.cue.DateRanges;
import io.millrace.packager.hls.LowLatency;
import io.millrace.packager.presentation.PeriodStart;
import io.millrace.packager.presentation.Periods;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.state.BroadcastState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Makes the next state of a broadcast of what is listed, and the presentation that follows from it.
 * Confined to the broadcast's home context.
 */
final class Showing {
  /**
   * How long a segment of one rendition waits for those that are cut with it, so that one state
   * tells of all.
   */
  static final Duration LONGEST_WAIT = Duration.ofMillis(200);

  private final LiveStream stream;
  private final Resumption from;
  private final PresentationSlot slot;
  private final PresentationPublisher publisher;
  private final RenditionLogs logs;
  private final BroadcastCues cues;
  private final SegmentListing listing;
  private final LadderWriter ladder;
  private final BroadcastRecording recording;
  private Optional<PeriodStart> firstPeriod;

  Showing(
      LiveStream stream,
      Resumption from,
      PresentationSlot slot,
      PresentationPublisher publisher,
      RenditionLogs logs,
      BroadcastCues cues,
      SegmentListing listing,
      LadderWriter ladder,
      BroadcastRecording recording) {
    this.stream = stream;
    this.from = from;
    this.slot = slot;
    this.publisher = publisher;
    this.logs = logs;
    this.cues = cues;
    this.listing = listing;
    this.ladder = ladder;
    this.recording = recording;
    this.firstPeriod = from.firstPeriod();
  }

  /** Has the state stored, and what follows from it shown. */
  void show(Instant now, int targetSeconds, Optional<Instant> endedAt) {
    Duration listed =
        from.partTarget().map(part -> LowLatency.partsListed(targetSeconds)).orElse(Duration.ZERO);
    List<Rendition> renditions = logs.snapshots(targetSeconds, listed);
    firstPeriod = Periods.first(renditions, firstPeriod);
    recording.advance(logs, renditions);
    Presentation presentation =
        presentation(renditions, targetSeconds, endedAt)
            .startingIn(firstPeriod)
            .withCues(cues.lines(now, playlistsEnd(), logs.firstNanos(), targetSeconds))
            .written(logs.isComplete() && !ladder.holdsBack(now), WrittenPlaylists.INSTANCE);
    Recorded recorded = recording.soFar();
    slot.records(recorded);
    publisher.publish(
        new BroadcastState(
            from.epoch(),
            from.writer(),
            stream.profile(),
            stream.clock(),
            Duration.ofNanos(listing.mediaEndNanos()),
            cues.stored(),
            presentation,
            recorded.tail()));
  }

  /** What is listed now, without text. */
  Presentation listed(int targetSeconds, Optional<Instant> endedAt) {
    return presentation(logs.snapshots(targetSeconds, Duration.ZERO), targetSeconds, endedAt);
  }

  private Presentation presentation(
      List<Rendition> renditions, int targetSeconds, Optional<Instant> endedAt) {
    return Presentation.unwritten(
        stream.broadcast(), targetSeconds, from.partTarget(), renditions, endedAt);
  }

  /** By what is shown now of the first rendition. */
  private DateRanges.Place playlistsEnd() {
    long msn = logs.nextMsn();
    int parts =
        slot.current().renditions().stream()
            .limit(1)
            .flatMap(rendition -> rendition.partial().stream())
            .filter(partial -> partial.msn() == msn)
            .mapToInt(partial -> partial.parts().size())
            .sum();
    return new DateRanges.Place(msn, parts);
  }
}
