package io.millrace.packager.ts;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.packager.segment.TimedSample;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * A frame of a track's sound in which nothing is heard, and how long frames last: their length is
 * seldom a whole number of ticks, so it is counted in samples. Without state.
 *
 * @param clock that samples are counted on
 */
record SilentFrame(Track track, Buffer payload, int samples, Timescale clock) {
  /** Empty for pictures, and for sound whose silence cannot be made. */
  static Optional<SilentFrame> of(Track track) {
    return track.format() instanceof TrackFormat.Audio sound
        ? sound
            .silence()
            .map(
                payload ->
                    new SilentFrame(
                        track, payload, sound.usualSamples(), new Timescale(sound.clockRate())))
        : Optional.empty();
  }

  /** How long some frames last, in ticks of the track, rounded down. */
  long ticks(long frames) {
    return Timescale.rescale(frames * samples, clock, track.timescale());
  }

  /** How many whole frames there are in so many ticks of the track. */
  long framesIn(long ticks) {
    return Timescale.rescale(ticks, track.timescale(), clock) / samples;
  }

  TimedSample at(long dts) {
    return new TimedSample(new Sample(track.id(), dts, 0, true, payload), ticks(1));
  }
}
