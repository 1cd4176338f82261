package io.millrace.packager.segment;

import io.millrace.media.EndReason;
import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;

/**
 * Samples of some tracks with the times at which they come, whatever their timestamps say. Times
 * are seconds.
 */
public final class Arrivals {
  private record Timed(double at, Sample sample) {}

  private final List<Track> tracks = new ArrayList<>();
  private final List<Timed> timed = new ArrayList<>();
  private double lastComes;
  private double breakAt = Double.POSITIVE_INFINITY;
  private int payloads;

  /** How one track is told: a moment of the source, when it comes, and what its timestamp says. */
  public record Telling(
      DoubleUnaryOperator arrival, DoubleUnaryOperator stamp, DoublePredicate isSent) {
    public static Telling plain() {
      return new Telling(at -> at, at -> at, at -> true);
    }

    public Telling arriving(DoubleUnaryOperator when) {
      return new Telling(when, stamp, isSent);
    }

    public Telling stamped(DoubleUnaryOperator as) {
      return new Telling(arrival, as, isSent);
    }

    public Telling only(DoublePredicate sent) {
      return new Telling(arrival, stamp, sent);
    }
  }

  /**
   * The publisher loses its connection and comes again at once; what has not come by then is lost.
   * To be told before what comes.
   */
  public void breakAt(double at) {
    breakAt = at;
  }

  /**
   * Pictures in groups of so many.
   *
   * @param delay from decoding to presentation, in pictures
   */
  public void pictures(
      Track track, double rate, int group, int delay, double seconds, Telling telling) {
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
  public void sound(Track track, int rate, double seconds, Telling telling) {
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
  public List<Double> feed(Segmenter segmenter, List<CutSegment> cut) {
    timed.sort(Comparator.comparingDouble(Timed::at));
    segmenter.accept(new MediaEvent.TracksReady(tracks), instant(timed.getFirst().at));
    List<Double> times = new ArrayList<>();
    boolean broken = false;
    for (Timed one : timed) {
      Instant now = instant(one.at);
      if (!broken && one.at >= breakAt) {
        broken = true;
        segmenter.accept(new MediaEvent.Discontinuity((long) (breakAt * 1e9)), now);
        segmenter.accept(new MediaEvent.TracksReady(tracks), now);
        noteCuts(one.at, cut, times);
      }
      segmenter.accept(new MediaEvent.SampleReady(one.sample), now);
      noteCuts(one.at, cut, times);
    }
    double end = timed.getLast().at;
    segmenter.accept(new MediaEvent.Ended(EndReason.UNPUBLISHED), instant(end));
    noteCuts(end, cut, times);
    return times;
  }

  private static Instant instant(double at) {
    return Instant.ofEpochMilli((long) (at * 1000));
  }

  private static void noteCuts(double at, List<CutSegment> cut, List<Double> times) {
    while (times.size() < cut.size()) {
      times.add(at);
    }
  }

  /** How long nothing at all came within a time, at the most. */
  double longestSilence(double from, double until) {
    double longest = 0;
    for (int i = 1; i < timed.size(); i++) {
      if (timed.get(i).at > from && timed.get(i).at <= until) {
        longest = Math.max(longest, timed.get(i).at - timed.get(i - 1).at);
      }
    }
    return longest;
  }

  /** What is to come out of a track: of a picture its NAL unit. */
  public List<Buffer> payloads(Track track) {
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
      if (at >= breakAt || comes < breakAt) {
        timed.add(new Timed(comes, new Sample(track.id(), dts, offset, sync, payload)));
      }
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
