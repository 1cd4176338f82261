package io.millrace.packager.live;

import io.millrace.media.LiveStream;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.segment.Segmenter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Lists the time for which a broadcast has no media: at the wall clock's pace while none comes, and
 * what is missing of it when media comes again. Where playlists list parts, gaps grow part by part:
 * players that wait for the next part give up soon. Confined to the broadcast's home context.
 *
 * <pre>
 *   no media for 1.4 target durations ──► what has come of the open segment ──► gap ──► gap ──► …
 *   the publisher says that it is done ──► what has come of it, at once
 * </pre>
 */
final class LostTime {
  private final LiveStream stream;
  private final PackagerMetrics metrics;
  private final Segmenter segmenter;
  private final SegmentListing listing;
  private final RenditionLogs logs;
  private final GapClock clock;
  private final int epoch;
  private final Runnable level;
  private final Optional<OpenGap> gap;
  private final Runnable publish;

  /**
   * @param level has everything listed that is cut, so that gaps can follow it
   * @param gap where playlists list parts
   * @param publish shows what is listed
   */
  LostTime(
      LiveStream stream,
      PackagerMetrics metrics,
      int epoch,
      Segmenter segmenter,
      SegmentListing listing,
      RenditionLogs logs,
      GapClock clock,
      Runnable level,
      Optional<OpenGap> gap,
      Runnable publish) {
    this.stream = stream;
    this.metrics = metrics;
    this.epoch = epoch;
    this.segmenter = segmenter;
    this.listing = listing;
    this.logs = logs;
    this.clock = clock;
    this.level = level;
    this.gap = gap;
    this.publish = publish;
  }

  /** Whether lost time is to be listed now. */
  boolean isDue(Instant now) {
    return clock.due(now, segmenter.targetSeconds())
        || gap.map(open -> clock.partDue(now, open.part())).orElse(false);
  }

  /** No media comes: what has come is listed, and gaps for what has not (HLS B8, B9). */
  void list(Instant now) {
    boolean isOverdue = clock.due(now, segmenter.targetSeconds());
    boolean restListed = listRest(now);
    int seconds = segmenter.targetSeconds();
    if (seconds == 0 || (stream.isUnpublished() && clock.awaitsEnd(now))) {
      return;
    }
    int whole = clock.whole(now, seconds);
    if (whole == 0 && isOverdue && !restListed) {
      whole = 1;
    }
    if (gap.isPresent() && logs.canHaveGaps()) {
      grow(gap.get(), now, seconds, whole);
    } else {
      appendGaps(now, whole, Duration.ofSeconds(seconds));
    }
  }

  /** The publisher has said that it is done: nothing more comes of the open segment (HLS L6). */
  void listEnd(Instant now) {
    if (stream.isUnpublished() && segmenter.targetSeconds() > 0) {
      listRest(now);
    }
  }

  /** Media comes; an open gap ends before it. */
  void mediaComes(Instant now) {
    closeGap(now);
    clock.mediaCame(now);
  }

  /**
   * Media comes again behind a break: the lost time is listed before it (HLS B9). Where that is
   * less than a target duration, and nothing else was listed, it is a short gap: with the first
   * segment that comes the playlist would have waited for too long (HLS B8).
   */
  void mediaReturns(Instant now) {
    int seconds = segmenter.targetSeconds();
    if (seconds > 0 && !closeGap(now)) {
      boolean listed = listRest(now);
      int whole = clock.whole(now, seconds);
      if (whole > 0) {
        appendGaps(now, whole, Duration.ofSeconds(seconds));
      } else if (!listed) {
        int rest = clock.rest(now, seconds);
        appendGaps(now, rest == 0 ? 0 : 1, Duration.ofSeconds(rest));
      }
    }
    clock.mediaReturned(now);
  }

  /** Lists an open gap as a segment; false when there is none. */
  boolean closeGap(Instant now) {
    if (gap.isEmpty() || !gap.get().isOpen()) {
      return false;
    }
    OpenGap open = gap.get();
    int seconds = segmenter.targetSeconds();
    grow(open, now, seconds, 0);
    if (open.isOpen()) {
      Duration rest = open.rest(clock.behind(now, seconds), seconds);
      gapListed(open.close(rest, seconds));
      clock.gapsListed(now, rest);
      publish.run();
    }
    return true;
  }

  /** What has come of the open segment; false when that is nothing. */
  private boolean listRest(Instant now) {
    segmenter.interrupt();
    if (!listing.hasChanged()) {
      return false;
    }
    clock.restListed(now);
    publish.run();
    return true;
  }

  /**
   * Lists the parts whose time is over.
   *
   * @param least so many target durations, whatever the clock says
   */
  private void grow(OpenGap open, Instant now, int seconds, int least) {
    level.run();
    Duration missing = clock.behind(now, seconds);
    Duration wanted = Duration.ofSeconds((long) least * seconds);
    missing = missing.compareTo(wanted) < 0 ? wanted : missing;
    Duration listed = Duration.ZERO;
    boolean hasSegment = false;
    for (Duration part = open.grow(missing, seconds);
        !part.isZero();
        part = open.grow(missing.minus(listed), seconds)) {
      listed = listed.plus(part);
      if (open.isFull(seconds)) {
        gapListed(open.close(Duration.ZERO, seconds));
        hasSegment = true;
      }
    }
    if (!listed.isZero()) {
      clock.gapsListed(now, listed);
    }
    if (hasSegment) {
      publish.run();
    }
  }

  private void appendGaps(Instant now, int count, Duration length) {
    if (count == 0) {
      return;
    }
    level.run();
    if (!logs.canHaveGaps()) {
      return;
    }
    for (int i = 0; i < count; i++) {
      logs.appendGap(length, segmenter.targetSeconds(), epoch);
      gapListed(length);
    }
    clock.gapsListed(now, length.multipliedBy(count));
    publish.run();
  }

  private void gapListed(Duration length) {
    segmenter.skip();
    metrics.gap("interrupted");
    listing.gapsListed(length.toNanos());
  }
}
