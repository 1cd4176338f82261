package io.millrace.media.health;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.codec.HevcNal;
import io.millrace.media.codec.NalCursor;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;

/**
 * Measures one track over the last seconds of its own time. Confined to the stream's home context;
 * a sample costs a few additions and no object.
 */
final class TrackMeter {
  private static final long SECOND = 1_000_000_000L;
  private static final int RING = 64;
  private static final int SHORT_SECONDS = 10;
  private static final int LONG_SECONDS = 60;
  private static final int INTERVALS = 8;

  private Track track;
  private final NalCursor units = new NalCursor();

  private final long[] bytes = new long[RING];
  private final int[] steps = new int[RING];
  private final double[] stepSeconds = new double[RING];
  private final double[] stepSquares = new double[RING];
  private long second;
  private int wholeSeconds;

  boolean started;
  long firstNanos;
  long lastNanos;
  long lastArrivedNanos;
  long samples;
  private long lastDts;

  // Pictures.
  private long keyNanos;
  private long keyPts;
  private boolean hasKey;
  private boolean leading;
  private final long[] intervals = new long[INTERVALS];
  private int intervalCount;
  private long firstIntervalNanos;
  private int openGroups;
  private long groups;
  private long highestPts;
  private long reorderedNanos = Long.MIN_VALUE;

  TrackMeter(Track track) {
    this.track = track;
  }

  Track track() {
    return track;
  }

  /** The same track with another description. */
  void describe(Track described) {
    track = described;
  }

  /** What comes does not go on from what came. */
  void restart() {
    Arrays.fill(bytes, 0);
    Arrays.fill(steps, 0);
    Arrays.fill(stepSeconds, 0);
    Arrays.fill(stepSquares, 0);
    wholeSeconds = 0;
    started = false;
    hasKey = false;
    leading = false;
    intervalCount = 0;
    openGroups = 0;
    groups = 0;
    reorderedNanos = Long.MIN_VALUE;
  }

  void sample(Sample sample, long arrivedNanos) {
    long nanos = track.timescale().toNanos(sample.dts());
    long inSecond = Math.floorDiv(nanos, SECOND);
    if (!started) {
      started = true;
      firstNanos = nanos;
      second = inSecond;
      highestPts = sample.pts();
    } else {
      advanceTo(inSecond);
      int slot = slotOf(inSecond);
      double step = track.timescale().toSeconds(sample.dts() - lastDts);
      steps[slot]++;
      stepSeconds[slot] += step;
      stepSquares[slot] += step * step;
    }
    bytes[slotOf(inSecond)] += sample.payload().length();
    lastNanos = nanos;
    lastDts = sample.dts();
    lastArrivedNanos = arrivedNanos;
    samples++;
    if (track.isVideo()) {
      picture(sample, nanos);
    }
  }

  private void picture(Sample sample, long nanos) {
    if (sample.sync()) {
      if (hasKey) {
        long interval = nanos - keyNanos;
        if (groups == 1 && firstIntervalNanos == 0) {
          firstIntervalNanos = interval;
        }
        intervals[intervalCount++ % INTERVALS] = interval;
        openGroups = leading ? INTERVALS : Math.max(0, openGroups - 1);
      }
      groups++;
      hasKey = true;
      leading = false;
      keyNanos = nanos;
      keyPts = sample.pts();
    } else if (hasKey && !leading && sample.pts() < keyPts) {
      leading = mayNeedGroupBefore(sample.payload());
    }
    if (sample.pts() < highestPts) {
      reorderedNanos = nanos;
    }
    highestPts = Math.max(highestPts, sample.pts());
  }

  /**
   * Whether a picture that is shown before its key frame may refer to what came before that: every
   * one may, only HEVC tells those that don't (RADL, ISO/IEC 23008-2 table 7-1).
   *
   * @param unit NAL units behind lengths of four bytes
   */
  private boolean mayNeedGroupBefore(Buffer unit) {
    if (!(track.format() instanceof TrackFormat.H265)) {
      return true;
    }
    units.over(unit);
    while (units.next()) {
      int type = HevcNal.type(units.header());
      if (HevcNal.isPicture(type)) {
        return HevcNal.isSkippedLeading(type);
      }
    }
    return true;
  }

  private void advanceTo(long inSecond) {
    long skipped = inSecond - second;
    for (long i = 1; i <= Math.min(skipped, RING); i++) {
      int slot = slotOf(second + i);
      bytes[slot] = 0;
      steps[slot] = 0;
      stepSeconds[slot] = 0;
      stepSquares[slot] = 0;
    }
    if (skipped > 0) {
      second = inSecond;
      wholeSeconds = (int) Math.min(RING - 1, wholeSeconds + skipped);
    }
  }

  private static int slotOf(long inSecond) {
    return (int) Math.floorMod(inSecond, (long) RING);
  }

  /** Over the last ten whole seconds; 0 before the first is whole. */
  long bitsPerSecond() {
    return average(Math.min(wholeSeconds, SHORT_SECONDS));
  }

  /** Over the last minute. */
  long longBitsPerSecond() {
    return average(Math.min(wholeSeconds, LONG_SECONDS));
  }

  /** The most of any three seconds of the last minute, as a rate. */
  long peakBitsPerSecond() {
    long most = 0;
    for (int i = 1; i + 2 <= Math.min(wholeSeconds, LONG_SECONDS); i++) {
      long sum =
          bytes[slotOf(second - i)] + bytes[slotOf(second - i - 1)] + bytes[slotOf(second - i - 2)];
      most = Math.max(most, sum * 8 / 3);
    }
    return most;
  }

  boolean hasMinute() {
    return wholeSeconds >= LONG_SECONDS;
  }

  private long average(int over) {
    if (over == 0) {
      return 0;
    }
    long sum = 0;
    for (int i = 1; i <= over; i++) {
      sum += bytes[slotOf(second - i)];
    }
    return sum * 8 / over;
  }

  /** Samples a second over the last ten; 0 while unknown. */
  double framesPerSecond() {
    double seconds = sum(stepSeconds);
    return seconds > 0 ? count() / seconds : 0;
  }

  /** How far distances between samples scatter, against their mean: 0 is a clock's beat. */
  double scatter() {
    int count = count();
    double mean = count == 0 ? 0 : sum(stepSeconds) / count;
    if (mean <= 0) {
      return 0;
    }
    return Math.sqrt(Math.max(0, sum(stepSquares) / count / (mean * mean) - 1));
  }

  private int count() {
    int sum = 0;
    for (int i = 1; i <= Math.min(wholeSeconds, SHORT_SECONDS); i++) {
      sum += steps[slotOf(second - i)];
    }
    return sum;
  }

  private double sum(double[] ring) {
    double sum = 0;
    for (int i = 1; i <= Math.min(wholeSeconds, SHORT_SECONDS); i++) {
      sum += ring[slotOf(second - i)];
    }
    return sum;
  }

  /** Between the last two key frames; 0 before the second. */
  long keyIntervalNanos() {
    return intervalCount == 0 ? 0 : intervals[(intervalCount - 1) % INTERVALS];
  }

  /** The longest of the last eight, or the present one where that is longer. */
  long longestKeyIntervalNanos() {
    long longest = hasKey ? lastNanos - keyNanos : 0;
    for (int i = 0; i < Math.min(intervalCount, INTERVALS); i++) {
      longest = Math.max(longest, intervals[i]);
    }
    return longest;
  }

  /** The shortest of the last eight. */
  long shortestKeyIntervalNanos() {
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < Math.min(intervalCount, INTERVALS); i++) {
      shortest = Math.min(shortest, intervals[i]);
    }
    return shortest;
  }

  /** How many of the last eight distances between key frames are known. */
  int keyIntervals() {
    return Math.min(intervalCount, INTERVALS);
  }

  /** Of the first group of pictures in the broadcast; 0 while unknown. */
  long firstKeyIntervalNanos() {
    return firstIntervalNanos;
  }

  /** Since the last key frame, or since the start where there was none. */
  long withoutKeyFrameNanos() {
    return lastNanos - (hasKey ? keyNanos : firstNanos);
  }

  boolean isOpenGroup() {
    return openGroups > 0;
  }

  /** Whether pictures come in another order than they are shown. */
  boolean isReordered() {
    return reorderedNanos != Long.MIN_VALUE && lastNanos - reorderedNanos < 20 * SECOND;
  }
}
