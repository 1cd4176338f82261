package io.millrace.packager.cmaf;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.packager.segment.TimedSample;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fills time for which no sound came with access units in which nothing is heard. Without state.
 *
 * @param unit one of them
 * @param ticks how long it lasts
 */
record Silence(Track track, Buffer unit, long ticks) {
  /**
   * The least that a unit lasts is 2.5 ms, as in Opus. Some configurations have tens of thousands
   * of them in a second, each of which is several objects.
   */
  private static final long MOST_UNITS_PER_SECOND = 400;

  /** Empty for pictures, and for sound whose silence cannot be made or would be too many units. */
  static Optional<Silence> of(Track track) {
    if (!(track.format() instanceof TrackFormat.Audio sound)) {
      return Optional.empty();
    }
    long ticks =
        (long) sound.usualSamples() * track.timescale().ticksPerSecond() / sound.clockRate();
    boolean lastsLongEnough =
        ticks > 0 && sound.usualSamples() * MOST_UNITS_PER_SECOND >= sound.clockRate();
    return lastsLongEnough
        ? sound.silence().map(unit -> new Silence(track, unit, ticks))
        : Optional.empty();
  }

  /** Samples that last as long as the time does; the last one has what is no whole unit too. */
  List<TimedSample> fill(long fromTicks, long untilTicks) {
    long count = Math.max(1, (untilTicks - fromTicks) / ticks);
    List<TimedSample> samples = new ArrayList<>((int) count);
    for (long i = 0; i < count; i++) {
      long start = fromTicks + i * ticks;
      long lasts = i == count - 1 ? untilTicks - start : ticks;
      samples.add(new TimedSample(new Sample(track.id(), start, 0, true, unit), lasts));
    }
    return samples;
  }
}
