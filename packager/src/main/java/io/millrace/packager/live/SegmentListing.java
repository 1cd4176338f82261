package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.packager.StoredSegment;
import io.millrace.packager.cmaf.StillPicture;
import io.millrace.packager.presentation.Document;
import io.millrace.packager.presentation.FrameRate;
import io.millrace.packager.presentation.GapParts;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.presentation.Still;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.Header;
import io.millrace.packager.segment.KeyFrame;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Optional;

/**
 * Lists one broadcast's segments as they are cut: gives each its name and its date, has it stored,
 * and measures it. Confined to the broadcast's home context.
 */
final class SegmentListing {
  private final Broadcast broadcast;
  private final int epoch;
  private final Optional<Duration> partTarget;
  private final WriterSetup setup;
  private final RenditionLogs logs;
  private final ProgrammeDates dates;
  private final SegmentStorer storer;
  private long mediaEndNanos;
  private boolean changed;

  SegmentListing(
      Broadcast broadcast,
      Resumption from,
      WriterSetup setup,
      RenditionLogs logs,
      ProgrammeDates dates,
      SegmentStorer storer) {
    this.broadcast = broadcast;
    this.epoch = from.epoch();
    this.partTarget = from.partTarget();
    this.mediaEndNanos = from.mediaEnd().toNanos();
    this.setup = setup;
    this.logs = logs;
    this.dates = dates;
    this.storer = storer;
  }

  /** Where the listed media ends, from the broadcast's start. */
  long mediaEndNanos() {
    return mediaEndNanos;
  }

  /** Gaps have been listed. */
  void gapsListed(long nanos) {
    mediaEndNanos += nanos;
  }

  /** Whether something has been listed since {@link #published}. */
  boolean hasChanged() {
    return changed;
  }

  void published() {
    changed = false;
  }

  /** Takes the next segment of a rendition of the source. */
  void accept(CutSegment cut, int targetSeconds) {
    changed = true;
    list(cut, targetSeconds);
  }

  /**
   * Takes the next segment of any rendition, of which somebody else knows that it is to be shown.
   */
  void list(CutSegment cut, int targetSeconds) {
    RenditionLog log = logs.ofLine(cut.rendition());
    cut.header().ifPresent(header -> addHeader(log, header));
    Segment segment = segment(log, cut);
    logs.append(log, segment, targetSeconds);
    mediaEndNanos =
        Math.max(mediaEndNanos, cut.mediaNanos() + cut.timescale().toNanos(cut.durationTicks()));
    if (cut.gap()) {
      setup.metrics().gap("missing");
    } else {
      setup.metrics().segmentCut(log.info().kind(), segment.size());
      measure(log, cut);
      cut.keyFrame().ifPresent(key -> showStill(log, key));
      store(log, segment, cut.bytes());
    }
  }

  private Segment segment(RenditionLog log, CutSegment cut) {
    return new Segment(
        cut.msn(),
        epoch,
        cut.header()
            .map(Header::name)
            .orElse(log.info().isText() ? Segment.WEBVTT : Segment.NO_INIT),
        cut.durationTicks(),
        cut.timescale().ticksPerSecond(),
        cut.mediaNanos(),
        dates.of(log, cut.msn(), cut.mediaNanos(), cut.discontinuity()),
        cut.discontinuity(),
        cut.gap(),
        cut.independent() && !cut.gap(),
        cut.gap() ? 0 : cut.bytes().length(),
        cut.gap() ? 0 : cut.keyFrame().map(KeyFrame::end).orElse(0),
        cut.gap() && cut.parts().isEmpty()
            ? GapParts.of(
                cut.durationTicks(), cut.timescale().ticksPerSecond(), log.parts(partTarget))
            : cut.parts(),
        cut.bytes().length() == 0 ? Optional.empty() : Optional.of(cut.bytes()),
        cut.gap());
  }

  /** Has a header served and stored, if it is a new one. */
  void addHeader(RenditionLog log, Header header) {
    if (log.addHeader(header.name(), header.bytes())) {
      String key = ObjectNames.object(broadcast, log.name(), header.name());
      storer.storeHeader(key, header.bytes());
    }
  }

  private void store(RenditionLog log, Segment segment, Buffer bytes) {
    String key = ObjectNames.object(broadcast, log.name(), segment.name());
    int length = bytes.length();
    storer
        .store(key, bytes, () -> log.holds(segment.msn()))
        .onSuccess(
            stored -> {
              if (stored) {
                log.confirm(segment.msn());
                setup
                    .stored()
                    .accept(
                        new StoredSegment(
                            broadcast,
                            log.name(),
                            segment.msn(),
                            segment.programDateTime(),
                            Duration.ofNanos(segment.durationNanos()),
                            length,
                            key));
              }
            });
  }

  private static void measure(RenditionLog log, CutSegment cut) {
    if (log.info().isVideo() && log.info().frameRate() == 0 && cut.frames() > 1) {
      log.measured(FrameRate.of(cut.frames(), cut.framesTicks(), cut.timescale()));
    }
  }

  private static void showStill(RenditionLog log, KeyFrame key) {
    Document file = Document.of(() -> StillPicture.of(key));
    log.showStill(new Still(file, key.track(), key.sample()), key.sample().payload().length());
  }
}
