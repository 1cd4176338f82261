package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.media.ClockMap;
import io.millrace.packager.StoredSegment;
import io.millrace.packager.cmaf.StillPicture;
import io.millrace.packager.presentation.Document;
import io.millrace.packager.presentation.FrameRate;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.Header;
import io.millrace.packager.segment.KeyFrame;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lists one broadcast's segments as they are cut: gives each its name and its date, has it stored,
 * and measures it. Confined to the broadcast's home context.
 */
final class SegmentListing {
  private static final Duration MOST_OVERLAP = Duration.ofMillis(500);

  private final Broadcast broadcast;
  private final int epoch;
  private final WriterSetup setup;
  private final RenditionLogs logs;
  private final SegmentStorer storer;
  private ClockMap.@Nullable Anchor anchor;
  private Duration lateness = Duration.ZERO;
  private long latenessSince = -1;
  private long mediaEndNanos;
  private boolean changed;

  SegmentListing(
      Broadcast broadcast,
      Resumption from,
      WriterSetup setup,
      RenditionLogs logs,
      SegmentStorer storer) {
    this.broadcast = broadcast;
    this.epoch = from.epoch();
    this.mediaEndNanos = from.mediaEnd().toNanos();
    this.setup = setup;
    this.logs = logs;
    this.storer = storer;
  }

  /** What is cut from now on belongs to the clock map's last run. */
  void startRun(ClockMap clock) {
    if (!clock.anchors().isEmpty()) {
      anchor = clock.anchors().getLast();
    }
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

  /** Takes the next segment of any rendition. */
  void accept(CutSegment cut, int targetSeconds) {
    RenditionLog log = logs.ofLine(cut.rendition());
    changed = true;
    if (cut.discontinuity() && cut.msn() != latenessSince) {
      latenessSince = cut.msn();
      lateness = overlap(log, wallAt(cut.mediaNanos()));
    }
    cut.header().ifPresent(header -> addHeader(log, header));
    Segment segment = segment(cut);
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

  private Segment segment(CutSegment cut) {
    return new Segment(
        cut.msn(),
        epoch,
        cut.header().map(Header::name).orElse(Segment.NO_INIT),
        cut.durationTicks(),
        cut.timescale().ticksPerSecond(),
        cut.mediaNanos(),
        wallAt(cut.mediaNanos()).plus(lateness),
        cut.discontinuity(),
        cut.gap(),
        cut.independent(),
        cut.bytes().length(),
        cut.parts(),
        cut.gap() ? Optional.empty() : Optional.of(cut.bytes()),
        cut.gap());
  }

  private void addHeader(RenditionLog log, Header header) {
    if (log.addHeader(header.name(), header.bytes())) {
      String key = ObjectNames.object(broadcast, log.name(), header.name());
      storer.store(key, header.bytes(), () -> true);
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
    log.showStill(Document.of(() -> StillPicture.of(key)), key.sample().payload().length());
  }

  /**
   * By how much media is dated before the end of what is listed. A publisher that stalled and then
   * sends what it had kept is behind the gaps that stand for it: dates may overlap by less than a
   * second only (HLS D6).
   */
  private static Duration overlap(RenditionLog log, Instant date) {
    Duration overlap = log.end().map(end -> Duration.between(date, end)).orElse(Duration.ZERO);
    return overlap.compareTo(MOST_OVERLAP) > 0 ? overlap : Duration.ZERO;
  }

  /** By the run's own anchor, so that dates agree with durations within a run (HLS D6). */
  private Instant wallAt(long mediaNanos) {
    ClockMap.Anchor run = anchor;
    return run == null
        ? broadcast.startedAt().plusNanos(mediaNanos)
        : run.wall().plusNanos(mediaNanos - run.mediaNanos());
  }
}
