package io.millrace.packager.live;

import io.millrace.media.LiveStream;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.segment.Segmenter;
import java.time.Duration;
import java.time.Instant;

/**
 * Lists the time for which a broadcast has no media: at the wall clock's pace while none comes, and
 * what is missing of it when media comes again. Confined to the broadcast's home context.
 */
final class LostTime {
  private final LiveStream stream;
  private final PackagerMetrics metrics;
  private final int epoch;
  private final Segmenter segmenter;
  private final SegmentListing listing;
  private final RenditionLogs logs;
  private final GapClock clock;
  private final Runnable level;
  private final Runnable publish;

  /**
   * @param level has everything listed that is cut, so that gaps can follow it
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
      Runnable publish) {
    this.stream = stream;
    this.metrics = metrics;
    this.epoch = epoch;
    this.segmenter = segmenter;
    this.listing = listing;
    this.logs = logs;
    this.clock = clock;
    this.level = level;
    this.publish = publish;
  }

  /** No media comes: what has come is listed, and gaps for what has not (HLS B8, B9). */
  void list(Instant now) {
    int seconds = segmenter.targetSeconds();
    int missing;
    if (listRest(now)) {
      missing = stream.isUnpublished() ? 0 : clock.whole(now, seconds);
    } else {
      missing = clock.missing(now, seconds, stream.isUnpublished());
    }
    appendGaps(now, missing, seconds);
  }

  /**
   * Media comes again behind a break: the lost time is listed before it (HLS B9). Where that is
   * less than a target duration, and nothing else was listed, it is a short gap: with the first
   * segment that comes the playlist would have waited for too long (HLS B8).
   */
  void mediaReturns(Instant now) {
    int seconds = segmenter.targetSeconds();
    if (seconds > 0) {
      boolean listed = listRest(now);
      int whole = clock.whole(now, seconds);
      if (whole > 0) {
        appendGaps(now, whole, seconds);
      } else if (!listed) {
        appendGaps(now, 1, clock.rest(now, seconds));
      }
    }
    clock.mediaReturned(now);
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

  private void appendGaps(Instant now, int count, int seconds) {
    if (count == 0 || seconds == 0) {
      return;
    }
    level.run();
    if (!logs.appendGaps(count, seconds, epoch)) {
      return;
    }
    for (int i = 0; i < count; i++) {
      segmenter.skip();
      metrics.gap("interrupted");
    }
    listing.gapsListed(1_000_000_000L * count * seconds);
    clock.gapsListed(now, Duration.ofSeconds((long) count * seconds));
    publish.run();
  }
}
