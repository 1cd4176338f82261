package io.millrace.packager.ts;

import io.millrace.media.EndReason;
import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.Segmenter;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;

/**
 * Samples of some tracks with the times at which they come, whatever their timestamps say. Times
 * are seconds.
 */
final class Arrivals {
  private record Timed(double at, Sample sample) {}

  private final List<Track> tracks = new ArrayList<>();
  private final List<Timed> timed = new ArrayList<>();
  private double lastComes;
  private int payloads;

  /** How one track is told: a moment of the source, when it comes, and what its timestamp says. */
  record Telling(DoubleUnaryOperator arrival, DoubleUnaryOperator stamp, DoublePredicate isSent) {
    static Telling plain() {
      return new Telling(at -> at, at -> at, at -> true);
    }

    Telling arriving(DoubleUnaryOperator when) {
      return new Telling(when, stamp, isSent);
    }

    Telling stamped(DoubleUnaryOperator as) {
      return new Telling(arrival, as, isSent);
    }

    Telling only(DoublePredicate sent) {
      return new Telling(arrival, stamp, sent);
    }
  }

  /**
   * Pictures in groups of so many.
   *
   * @param delay from decoding to presentation, in pictures
   */
  void pictures(Track track, double rate, int group, int delay, double seconds, Telling telling) {
    tracks.add(track);
    lastComes = Double.NEGATIVE_INFINITY;
    for (int i = 0; i / rate < seconds; i++) {
      boolean key = i % group == 0;
      Buffer unit = marked(key ? 0x65 : 0x41);
      Buffer payload = Buffer.buffer().appendInt(unit.length()).appendBuffer(unit);
      add(track, i / rate, delay / rate, key, payload, telling);
    }
  }

  /** Frames of AAC. */
  void sound(Track track, int rate, double seconds, Telling telling) {
    tracks.add(track);
    lastComes = Double.NEGATIVE_INFINITY;
    for (int i = 0; i * 1024.0 / rate < seconds; i++) {
      add(track, i * 1024.0 / rate, 0, true, marked(0x21), telling);
    }
  }

  /**
   * Gives all to a segmenter, in the order in which they come.
   *
   * @param cut grows by what the segmenter cuts
   * @return when each of these was cut
   */
  List<Double> feed(Segmenter segmenter, List<CutSegment> cut) {
    timed.sort(Comparator.comparingDouble(Timed::at));
    segmenter.accept(new MediaEvent.TracksReady(tracks));
    List<Double> times = new ArrayList<>();
    for (Timed one : timed) {
      segmenter.accept(new MediaEvent.SampleReady(one.sample));
      noteCuts(one.at, cut, times);
    }
    segmenter.accept(new MediaEvent.Ended(EndReason.UNPUBLISHED));
    noteCuts(timed.getLast().at, cut, times);
    return times;
  }

  private static void noteCuts(double at, List<CutSegment> cut, List<Double> times) {
    while (times.size() < cut.size()) {
      times.add(at);
    }
  }

  /** What is to come out of a track: of a picture its NAL unit. */
  List<Buffer> payloads(Track track) {
    TrackId id = track.id();
    return timed.stream()
        .map(Timed::sample)
        .filter(sample -> sample.track().equals(id))
        .map(Sample::payload)
        .map(bytes -> track.isVideo() ? bytes.getBuffer(4, bytes.length()) : bytes)
        .toList();
  }

  private void add(
      Track track, double at, double delay, boolean sync, Buffer payload, Telling telling) {
    if (telling.isSent.test(at)) {
      double stamp = telling.stamp.applyAsDouble(at);
      long dts = Math.round(stamp * track.timescale().ticksPerSecond());
      double comes = telling.arrival.applyAsDouble(at);
      comes = Math.max(comes, lastComes);
      lastComes = comes;
      int offset = (int) Math.round(delay * track.timescale().ticksPerSecond());
      timed.add(new Timed(comes, new Sample(track.id(), dts, offset, sync, payload)));
    }
  }

  private Buffer marked(int header) {
    Buffer unit = Buffer.buffer().appendByte((byte) header);
    for (int shift = 28; shift >= 0; shift -= 7) {
      unit.appendByte((byte) (0x80 | payloads >> shift));
    }
    payloads++;
    return unit.appendBytes(new byte[] {(byte) 0xA5, (byte) 0xA5});
  }
}
