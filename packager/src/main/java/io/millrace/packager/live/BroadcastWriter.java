package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.media.LiveStream;
import io.millrace.media.MediaEvent;
import io.millrace.packager.captions.CaptionedFormat;
import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.LabelledFormat;
import io.millrace.packager.segment.SegmentFormat;
import io.millrace.packager.segment.Segmenter;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

  private final LiveStream stream;
  private final Broadcast broadcast;
  private final WriterSetup setup;
  private final int epoch;
  private final PresentationSlot slot;
  private final SegmentStorer storer;
  private final PresentationPublisher publisher;
  private final SegmentFormat format;
  private final CaptionListing captions;
  private final Segmenter segmenter;
  private final GapClock gapClock;
  private final LostTime lostTime;
  private final BroadcastRecording recording;
  private final RenditionLogs logs;
  private final ProgrammeDates dates;
  private final BroadcastCues cues;
  private final CueChanges cueChanges;
  private final SegmentListing listing;
  private final PartListing parts;
  private final LadderWriter ladder;
  private final Expiry expiry;
  private final Showing showing;
  private final Aftermath aftermath;

  private long droppedReported;
  private long overfullReported;
  private @Nullable Instant unshownSince;
  private Optional<Instant> endedAt = Optional.empty();

  /** The source has ended, and its rungs have not. */
  private boolean ending;

  private boolean stopped;

  /** For a new broadcast. */
  BroadcastWriter(LiveStream stream, WriterSetup setup) {
    this(stream, setup, Resumption.none(setup, stream.broadcast()));
  }

  /** For a broadcast that goes on after a restart. */
  BroadcastWriter(LiveStream stream, WriterSetup node, Resumption from) {
    this.stream = stream;
    this.broadcast = stream.broadcast();
    this.setup = node.of(stream);
    this.epoch = from.epoch();
    this.slot = setup.presentations().open(broadcast, setup.config().window());
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
    this.recording = new BroadcastRecording(broadcast, setup, from.epoch(), from.recorded());
    this.logs = new RenditionLogs(from.renditions(), from.partTarget(), recording::departed);
    logs.toldBefore(recording.from());
    this.dates = new ProgrammeDates(broadcast);
    dates.startRun(stream.clock());
    this.cues =
        new BroadcastCues(dates, from.cues(), from.mediaEnd(), from.epoch(), recording::departed);
    this.cueChanges =
        new CueChanges(broadcast, cues, publisher, this::isOver, this::isPlayable, this::showAll);
    this.listing = new SegmentListing(broadcast, from, setup, logs, dates, storer);
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
    this.expiry =
        new Expiry(broadcast, setup, logs, recording, from.departed(), this::targetSeconds);
    this.showing =
        new Showing(stream, from, slot, publisher, logs, cues, listing, ladder, recording);
    this.aftermath =
        new Aftermath(
            broadcast,
            setup,
            from.epoch(),
            slot,
            logs,
            recording,
            expiry,
            storer::isDrained,
            new Ended());
    CaptionedFormat captioned =
        new CaptionedFormat(
            new LabelledFormat(
                ladder.beside(
                    setup.format(from, logs.lines(), cues.queue(), this::segmentCut, parts)),
                stream.profile().labels()));
    this.format = captioned;
    this.captions =
        new CaptionListing(captioned, stream.profile().labels(), logs, listing, setup.metrics());
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
            from.partTarget().map(part -> new OpenGap(part, epoch, logs, parts)),
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
    if (event instanceof MediaEvent.Ended) {
      acceptEnd(event, now);
      return;
    }
    if (event instanceof MediaEvent.SampleReady) {
      lostTime.mediaComes(now);
    } else if (event instanceof MediaEvent.Discontinuity) {
      showUnshown();
      lostTime.mediaReturns(now);
    }
    cues.accept(event);
    segmenter.accept(event, now);
    if (event instanceof MediaEvent.TracksReady) {
      cues.startRun(() -> dates.startRun(stream.clock()));
      logs.describe(format.renditions(tracks()), segmenter.nextMsn());
    }
    ladder.accept(event, now);
    showWhenAllAreCut(now);
    // Behind a break the tracks come at once, and what is hinted at next is one of theirs.
    if (!(event instanceof MediaEvent.Discontinuity) && parts.takeChanged()) {
      slot.refresh();
    }
  }

  /** Whatever fails on the way: nothing follows, so the broadcast ends. */
  private void acceptEnd(MediaEvent event, Instant now) {
    try {
      lostTime.closeGap(now);
      cues.accept(event);
      segmenter.accept(event, now);
      ladder.accept(event, now);
    } finally {
      ending = true;
      cues.close();
      endUnlessAwaited(now);
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
    try {
      ladder.level();
    } finally {
      ending = false;
      endedAt = Optional.of(now);
      closeLadder(now);
    }
  }

  private void closeLadder(Instant now) {
    try {
      ladder.close();
    } finally {
      if (!logs.isEmpty()) {
        showCut(now);
      }
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
    if (segmenter.isSettled() || !now.isBefore(unshownSince.plus(Showing.LONGEST_WAIT))) {
      showCut(now);
    }
  }

  private void showCut(Instant now) {
    gapClock.segmentListed(now);
    publish();
  }

  private List<RenditionInfo> tracks() {
    return segmenter.lines().entrySet().stream()
        .map(line -> RenditionInfo.of(line.getKey(), line.getValue()))
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
      return aftermath.tick(now, endedAt.get());
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
    expiry.tick(now);
    setup.metrics().samplesDropped(segmenter.dropped() - droppedReported);
    droppedReported = segmenter.dropped();
    setup.metrics().overfull(segmenter.overfull() - overfullReported);
    overfullReported = segmenter.overfull();
    return true;
  }

  /** Waits until the store has what it can get, the asset of an ended broadcast among it. */
  Future<Void> finish() {
    return flush()
        .compose(
            v ->
                endedAt.isPresent()
                    ? aftermath.seal(setup.clock().instant())
                    : Future.succeededFuture());
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
    expiry.close();
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
    expiry.reportUnstored(now);
    showing.show(now, seconds, endedAt);
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

  /** The encoder has to come again: it then gets to whoever writes the broadcast now. */
  private void fenced() {
    LOGGER
        .atError()
        .addKeyValue("stream", broadcast.stream())
        .addKeyValue("broadcast", broadcast.id())
        .addKeyValue("epoch", epoch)
        .log("another server has taken over this broadcast; this one stops writing it");
    stop();
    recording.leave();
    setup.presentations().remove(slot);
    setup.endLive().accept(stream);
  }

  /** What is left to do behind the end. */
  private final class Ended implements Aftermath.Writer {
    @Override
    public Presentation last() {
      return showing.listed(segmenter.targetSeconds(), endedAt);
    }

    @Override
    public RecordedCues cues() {
      return RecordedCues.listed(cues.stored());
    }

    @Override
    public void publish() {
      BroadcastWriter.this.publish();
    }

    @Override
    public Future<Void> leave() {
      stopped = true;
      storer.stop();
      return flush();
    }

    @Override
    public void stop() {
      BroadcastWriter.this.stop();
    }
  }
}
