package io.millrace.packager.cmaf;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.packager.segment.Cut;
import io.millrace.packager.segment.TimedSample;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fills a segment for which no sound came with access units in which nothing is heard. Without
 * state.
 *
 * @param unit one of them
 * @param ticks how long it lasts
 */
record Silence(Track track, Buffer unit, long ticks) {
  /** Empty for pictures, and for sound whose silence cannot be made. */
  static Optional<Silence> of(Track track) {
    if (!(track.format() instanceof TrackFormat.Audio sound)) {
      return Optional.empty();
    }
    long ticks =
        (long) sound.usualSamples() * track.timescale().ticksPerSecond() / sound.clockRate();
    return sound.silence().filter(u -> ticks > 0).map(unit -> new Silence(track, unit, ticks));
  }

  /** Samples that last as long as a segment does; the last one has what is no whole unit too. */
  List<TimedSample> fill(Cut cut) {
    long count = Math.max(1, cut.durationTicks() / ticks);
    long end = cut.startTicks() + cut.durationTicks();
    List<TimedSample> samples = new ArrayList<>((int) count);
    for (long i = 0; i < count; i++) {
      long start = cut.startTicks() + i * ticks;
      long lasts = i == count - 1 ? end - start : ticks;
      samples.add(new TimedSample(new Sample(track.id(), start, 0, true, unit), lasts));
    }
    return samples;
  }
}
