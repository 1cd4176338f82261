package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.media.LiveStream;
import io.millrace.media.MediaEvent;
import io.millrace.packager.captions.CaptionedFormat;
import io.millrace.packager.cue.DateRanges;
import io.millrace.packager.hls.LowLatency;
import io.millrace.packager.presentation.PeriodStart;
import io.millrace.packager.presentation.Periods;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.SegmentFormat;
import io.millrace.packager.segment.Segmenter;
import io.millrace.packager.state.BroadcastState;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one broadcast: cuts its media, lists the segments, stores them, and shows what there is.
 * All methods run on the broadcast's home context.
 *
 * <pre>
 *   on air ──Ended──► (its rungs' rest) ──► ended ──keepEnded──► removed
 *     │  ▲
 *     │  └─ media comes again
 *     └─ no media: gaps at the wall clock's pace
 *   fenced by a newer writer: everything stops
 * </pre>
 */
final class BroadcastWriter implements TakesTurns {
  private static final Logger LOGGER = LoggerFactory.getLogger(BroadcastWriter.class);

  /** How long a segment of one track waits for the others', so that one state tells of all. */
  private static final Duration LONGEST_WAIT = Duration.ofMillis(200);

  /** How long writes that are under way may hold up the removal. */
  private static final long REMOVE_SECONDS = 30;

  private final LiveStream stream;
  private final Broadcast broadcast;
  private final WriterSetup setup;
  private final int epoch;
  private final String writerName;
  private final PresentationSlot slot;
  private final SegmentStorer storer;
  private final PresentationPublisher publisher;
  private final SegmentFormat format;
  private final CaptionListing captions;
  private final Segmenter segmenter;
  private final GapClock gapClock;
  private final LostTime lostTime;
  private final RenditionLogs logs;
  private final ProgrammeDates dates;
  private final BroadcastCues cues;
  private final CueChanges cueChanges;
  private final SegmentListing listing;
  private final Optional<Duration> partTarget;
  private final PartListing parts;
  private final LadderWriter ladder;
  private final DepartedSegments departed;
  private final UnstoredShare unstored;
  private final Deletes deletes;
  private final BroadcastRecording recording;
  private final AssetSeal seal;

  private long droppedReported;
  private long overfullReported;
  private @Nullable Instant unshownSince;
  private Optional<PeriodStart> firstPeriod = Optional.empty();
  private Optional<Instant> endedAt = Optional.empty();

  /** The source has ended, and its rungs have not. */
  private boolean ending;

  private boolean stopped;

  /** For a new broadcast. */
  BroadcastWriter(LiveStream stream, WriterSetup setup) {
    this(stream, setup, Resumption.none(setup, stream.broadcast()));
  }

  /** For a broadcast that goes on after a restart. */
  BroadcastWriter(LiveStream stream, WriterSetup setup, Resumption from) {
    this.stream = stream;
    this.broadcast = stream.broadcast();
    this.setup = setup;
    this.epoch = from.epoch();
    this.writerName = from.writer();
    this.departed = from.departed();
    this.unstored = new UnstoredShare(setup.unstored(), setup.metrics());
    this.deletes = new Deletes(setup.store(), setup.metrics());
    this.slot = setup.presentations().open(broadcast);
    this.storer =
        new SegmentStorer(
            stream.home().owner(),
            setup.store(),
            setup.spool(),
            setup.metrics(),
            ObjectNames.index(broadcast),
            from.epoch() > 1);
    this.publisher =
        new PresentationPublisher(
            stream.home().owner(), slot, from.states(), storer, setup.metrics(), this::fenced);
    this.recording = new BroadcastRecording(broadcast, setup, epoch, from.recorded());
    this.seal = new AssetSeal(setup, broadcast, epoch);
    this.logs = new RenditionLogs(from.renditions(), from.partTarget(), recording::departed);
    logs.toldBefore(recording.from());
    this.dates = new ProgrammeDates(broadcast);
    dates.startRun(stream.clock());
    this.cues = new BroadcastCues(dates, from.cues(), from.mediaEnd(), from.epoch());
    this.cueChanges =
        new CueChanges(broadcast, cues, publisher, this::isOver, this::isPlayable, this::showAll);
    this.listing = new SegmentListing(broadcast, from, setup, logs, dates, storer);
    this.partTarget = from.partTarget();
    this.parts = new PartListing(from, setup, logs, dates, listing);
    slot.partsBehind(parts::behind);
    this.ladder =
        new LadderWriter(
            stream,
            setup,
            from,
            logs,
            listing,
            parts,
            cues.queue(),
            this::targetSeconds,
            this::rungsChanged);
    CaptionedFormat captioned =
        new CaptionedFormat(
            ladder.beside(setup.format(from, logs.lines(), cues.queue(), this::segmentCut, parts)));
    this.format = captioned;
    this.captions = new CaptionListing(captioned, logs, listing, setup.metrics());
    stream.objectTo(format::objection);
    stream.fillSound(format::fillsSound);
    this.segmenter =
        new Segmenter(
            setup.rules(from),
            format,
            from.targetSeconds(),
            from.nextMsn(),
            logs.lines(),
            cues.splices());
    Instant now = setup.clock().instant();
    this.gapClock = new GapClock(now, logs.end().orElse(now));
    this.lostTime =
        new LostTime(
            stream,
            setup.metrics(),
            epoch,
            segmenter,
            listing,
            logs,
            gapClock,
            ladder::level,
            partTarget.map(part -> new OpenGap(part, epoch, logs, parts)),
            this::publish);
    if (!logs.isEmpty()) {
      publish();
    }
  }

  @Override
  public Broadcast broadcast() {
    return broadcast;
  }

  LiveStream stream() {
    return stream;
  }

  /** Takes the next event. */
  void accept(MediaEvent event) {
    if (stopped || ending || endedAt.isPresent()) {
      return;
    }
    Instant now = setup.clock().instant();
    if (event instanceof MediaEvent.SampleReady) {
      lostTime.mediaComes(now);
    } else if (event instanceof MediaEvent.Discontinuity) {
      showUnshown();
      lostTime.mediaReturns(now);
    } else if (event instanceof MediaEvent.Ended) {
      lostTime.closeGap(now);
    }
    cues.accept(event);
    segmenter.accept(event, now);
    if (event instanceof MediaEvent.TracksReady) {
      cues.startRun(() -> dates.startRun(stream.clock()));
      logs.describe(format.renditions(tracks()), segmenter.nextMsn());
    }
    ladder.accept(event, now);
    if (event instanceof MediaEvent.Ended) {
      ending = true;
      cues.close();
      endUnlessAwaited(now);
    } else {
      showWhenAllAreCut(now);
      // Behind a break the tracks come at once, and what is hinted at next is one of theirs.
      if (!(event instanceof MediaEvent.Discontinuity) && parts.takeChanged()) {
        slot.refresh();
      }
    }
  }

  /** The broadcast is over when its rungs are, which may come a little later. */
  private void endUnlessAwaited(Instant now) {
    if (ending && ladder.isAwaited(now)) {
      showUnshown();
    } else if (ending) {
      end(now);
    }
  }

  private void end(Instant now) {
    ladder.level();
    ladder.close();
    ending = false;
    endedAt = Optional.of(now);
    if (!logs.isEmpty()) {
      showCut(now);
    }
  }

  /** Something of a rung has come. */
  private void rungsChanged() {
    if (stopped || endedAt.isPresent()) {
      return;
    }
    Instant now = setup.clock().instant();
    if (ladder.isToBeShown(now)) {
      publish();
    } else if (parts.takeChanged()) {
      slot.refresh();
    }
    endUnlessAwaited(now);
  }

  private int targetSeconds() {
    return segmenter.targetSeconds();
  }

  /** A cut is shown when all tracks have made it, or when it has waited for too long. */
  private void showWhenAllAreCut(Instant now) {
    if (!listing.hasChanged()) {
      return;
    }
    if (unshownSince == null) {
      unshownSince = now;
    }
    if (segmenter.isSettled() || !now.isBefore(unshownSince.plus(LONGEST_WAIT))) {
      showCut(now);
    }
  }

  private void showCut(Instant now) {
    gapClock.segmentListed(now);
    publish();
  }

  private List<RenditionInfo> tracks() {
    return segmenter.lines().entrySet().stream()
        .map(line -> RenditionInfo.of(line.getKey(), line.getValue().format()))
        .toList();
  }

  private void segmentCut(CutSegment cut) {
    parts.cut(cut);
    listing.accept(cut, segmenter.targetSeconds());
    captions.listed(cut, segmenter.targetSeconds());
  }

  @Override
  public boolean tick(Instant now) {
    if (stopped) {
      return false;
    }
    if (endedAt.isPresent()) {
      return tickEnded(now, endedAt.get());
    }
    ladder.tick(now);
    if (ending) {
      rungsChanged();
      return true;
    }
    showWhenAllAreCut(now);
    if (ladder.isToBeShown(now) || ladder.isToBeReleased(now)) {
      publish();
    }
    if (lostTime.isDue(now) && !showUnshown()) {
      lostTime.list(now);
    }
    lostTime.listEnd(now);
    if (stream.isUnpublished()) {
      ladder.drain(listing.mediaEndNanos(), now);
    }
    if (parts.takeChanged()) {
      slot.refresh();
    }
    logs.spareMemory(setup.config().memory());
    expire(now);
    setup.metrics().samplesDropped(segmenter.dropped() - droppedReported);
    droppedReported = segmenter.dropped();
    setup.metrics().overfull(segmenter.overfull() - overfullReported);
    overfullReported = segmenter.overfull();
    return true;
  }

  /**
   * What has ended leaves the memory once the store has it, and the store when its time is over.
   */
  private boolean tickEnded(Instant now, Instant ended) {
    EndedLife life = new EndedLife(ended, setup.config().keepEnded(), logs.longest());
    EndedLife.Phase phase = life.at(now);
    if (recording.isOn() && !logs.isEmpty() && seal.isDue(now) && storer.isDrained()) {
      seal(now);
    }
    if (logs.isEmpty() || phase == EndedLife.Phase.OVER) {
      return !remove();
    }
    if (phase == EndedLife.Phase.WITHDRAWN) {
      setup.presentations().withdraw(slot);
    }
    expire(now);
    if (now.isAfter(ended.plus(setup.config().memory())) && logs.spareMemory(Duration.ZERO)) {
      publish();
    }
    return true;
  }

  private void expire(Instant now) {
    logs.expire(now, this::delete);
    departed.due(now).forEach(deletes::delete);
    deletes.again(now);
    reportUnstored();
  }

  private void delete(RenditionLog log, Segment segment) {
    if (!segment.gap() && !recording.keeps(log, segment)) {
      deletes.delete(ObjectNames.object(broadcast, log.name(), segment.name()));
    }
  }

  /** Waits until the store has what it can get, the asset of an ended broadcast among it. */
  Future<Void> finish() {
    return flush()
        .compose(
            v ->
                recording.isOn() && endedAt.isPresent() && !logs.isEmpty()
                    ? seal(setup.clock().instant())
                    : Future.succeededFuture());
  }

  private Future<Void> seal(Instant now) {
    if (recording.isStoring()) {
      return Future.succeededFuture();
    }
    List<Rendition> last = logs.snapshots(segmenter.targetSeconds(), Duration.ZERO);
    return seal.attempt(now, recording.recorded(logs), presentation(last));
  }

  /** Waits until the store has what it can get. */
  Future<Void> flush() {
    if (ending) {
      end(setup.clock().instant());
    }
    showUnshown();
    return storer.drained().compose(v -> publisher.settled());
  }

  /** Waits until the store has the last state, so that what follows from it is shown. */
  Future<Void> shown() {
    showUnshown();
    return publisher.settled();
  }

  /** Shows what has been cut, whoever has not; false when there is nothing. */
  private boolean showUnshown() {
    if (stopped || !listing.hasChanged()) {
      return false;
    }
    showCut(setup.clock().instant());
    return true;
  }

  /** Gives up what the store has not taken. */
  void stop() {
    stopped = true;
    ladder.close();
    storer.stop();
    publisher.stop();
    unstored.giveBack();
  }

  /** Whether the store keeps up with this broadcast. */
  boolean isStoring() {
    return !storer.isFailing() && !publisher.isLate();
  }

  private void publish() {
    listing.published();
    ladder.published();
    unshownSince = null;
    Instant now = setup.clock().instant();
    int seconds = segmenter.targetSeconds();
    if (endedAt.isEmpty()) {
      logs.trim(setup.config().window(), seconds, now);
      // Or what is shown would hold until its successor what is no longer recent.
      logs.spareMemory(setup.config().memory());
    }
    reportUnstored();
    Duration listed = partTarget.map(part -> LowLatency.partsListed(seconds)).orElse(Duration.ZERO);
    List<Rendition> renditions = logs.snapshots(seconds, listed);
    firstPeriod = Periods.first(renditions, firstPeriod);
    recording.advance(logs, renditions);
    Presentation presentation =
        presentation(renditions)
            .startingIn(firstPeriod)
            .withCues(cues.lines(now, playlistsEnd(), logs.firstNanos(), seconds))
            .written(logs.isComplete() && !ladder.holdsBack(now), WrittenPlaylists.INSTANCE);
    publisher.publish(
        new BroadcastState(
            epoch,
            writerName,
            stream.clock(),
            Duration.ofNanos(listing.mediaEndNanos()),
            cues.stored(),
            presentation,
            recording.tail()));
  }

  private Presentation presentation(List<Rendition> renditions) {
    return Presentation.unwritten(
        broadcast, segmenter.targetSeconds(), partTarget, renditions, endedAt);
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

  /** What is asked of cue points and timed metadata. */
  CueChanges cueChanges() {
    return cueChanges;
  }

  private boolean isPlayable() {
    return logs.isComplete();
  }

  private boolean isOver() {
    return stopped || ending || endedAt.isPresent();
  }

  private void showAll() {
    if (!showUnshown()) {
      publish();
    }
  }

  private void reportUnstored() {
    unstored.report(logs, segmenter.targetSeconds(), setup.clock().instant(), this::delete);
  }

  /** The encoder has to come again: it then gets to whoever writes the broadcast now. */
  private void fenced() {
    LOGGER
        .atError()
        .addKeyValue("stream", broadcast.stream())
        .addKeyValue("broadcast", broadcast.id())
        .addKeyValue("epoch", epoch)
        .log("another server has taken over this broadcast; this one stops writing it");
    stop();
    setup.shelf().gone(broadcast.id());
    setup.presentations().remove(slot);
    setup.endLive().accept(stream);
  }

  /**
   * Writes that are under way come first, or they would leave objects behind. What has been
   * recorded stays, and is not left before its asset is there.
   *
   * @return false when that has to be waited for
   */
  private boolean remove() {
    boolean recorded = recording.isOn() && !logs.isEmpty();
    if (recorded && !seal.isDone()) {
      setup.presentations().remove(slot);
      return false;
    }
    setup.shelf().gone(broadcast.id());
    stopped = true;
    storer.stop();
    setup.presentations().remove(slot);
    flush()
        .timeout(REMOVE_SECONDS, TimeUnit.SECONDS)
        .otherwiseEmpty()
        .onSuccess(
            v -> {
              stop();
              BroadcastSweep sweep = new BroadcastSweep(setup.store(), setup.metrics());
              if (recorded && !seal.isEmpty()) {
                sweep.forgetUntilGone(setup.vertx(), broadcast);
              } else {
                sweep.removeUntilGone(setup.vertx(), broadcast);
              }
            });
    return true;
  }
}
