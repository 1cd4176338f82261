package io.millrace.packager.segment;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.AvcConfiguration;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Events of a made-up encoder: its frame rate, groups of pictures, B-frames, audio rate, and how
 * far audio and video are apart are chosen at random. Every payload is different.
 */
public final class RandomBroadcast {
  public static final TrackId VIDEO = new TrackId(1);
  public static final TrackId AUDIO = new TrackId(2);
  private static final double[] RATES = {15, 24000 / 1001.0, 24, 25, 30000 / 1001.0, 30, 50, 60};

  private record Timed(double arrival, Sample sample) {}

  private final RandomGenerator random;
  private final List<MediaEvent> events = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();
  private final boolean hasVideo;
  private final boolean hasAudio;
  private final double longestGroup;
  private final double lag;
  private int payloads;

  /**
   * @param longestGroup seconds
   * @param lag seconds by which one track may arrive behind the other
   */
  public RandomBroadcast(RandomGenerator random, int runs, double longestGroup, double lag) {
    this.random = random;
    this.longestGroup = longestGroup;
    this.lag = lag;
    int tracks = random.nextInt(5);
    hasVideo = tracks != 0;
    hasAudio = tracks != 1;
    double start = 0;
    for (int run = 0; run < runs; run++) {
      start = addRun(run, start) + random.nextDouble() * 10;
    }
  }

  /** What the packager is told, without the end. */
  public List<MediaEvent> events() {
    return events;
  }

  /** Every sample that has to come out, in order of its track. */
  public List<Sample> samples(TrackId track) {
    return samples.stream().filter(sample -> sample.track().equals(track)).toList();
  }

  public boolean hasVideo() {
    return hasVideo;
  }

  public boolean hasAudio() {
    return hasAudio;
  }

  /** A track of real parameter sets. */
  public static Track video(Timescale timescale) {
    Buffer record =
        Buffer.buffer(
            HexFormat.of()
                .parseHex(
                    "0164001effe1001a6764001eacd940d83de6f011000003000100000300300f162d96"
                        + "01000668ebe3cb22c0"));
    return new Track(VIDEO, new TrackFormat.H264(AvcConfiguration.parse(record)), timescale);
  }

  /** The same picture with another picture parameter set. */
  public static Track retunedVideo(Timescale timescale) {
    Buffer record =
        Buffer.buffer(
            HexFormat.of()
                .parseHex(
                    "0164001effe1001a6764001eacd940d83de6f011000003000100000300300f162d96"
                        + "01000668ebe3cb23c0"));
    return new Track(VIDEO, new TrackFormat.H264(AvcConfiguration.parse(record)), timescale);
  }

  /** Another size of picture, 320x240, with parameter sets of its own. */
  public static Track smallVideo(Timescale timescale) {
    Buffer record =
        Buffer.buffer(
            HexFormat.of()
                .parseHex(
                    "0164000dffe100196764000dacd94141fb011000000300100000030320f142996001000668ebe3"
                        + "cb22c0fdf8f800"));
    return new Track(VIDEO, new TrackFormat.H264(AvcConfiguration.parse(record)), timescale);
  }

  /** The same sound on a track of another number. */
  public static Track numbered(Track audio, int id) {
    return new Track(new TrackId(id), audio.format(), audio.timescale());
  }

  /** An AAC-LC track of two channels. */
  public static Track audio(Timescale timescale, int rate) {
    String record = rate == 44_100 ? "1210" : "1190";
    return new Track(
        AUDIO,
        new TrackFormat.Aac(AacConfiguration.parse(Buffer.buffer(HexFormat.of().parseHex(record)))),
        timescale);
  }

  private double addRun(int run, double start) {
    double seconds = 5 + random.nextDouble() * 40;
    List<Timed> arrivals = new ArrayList<>();
    List<Track> tracks = new ArrayList<>();
    if (hasVideo) {
      Timescale timescale = random.nextBoolean() ? Timescale.MILLIS : Timescale.VIDEO;
      tracks.add(video(timescale));
      addVideo(timescale, start, seconds, arrivals);
    }
    if (hasAudio) {
      int rate = random.nextBoolean() ? 44_100 : 48_000;
      Timescale timescale = random.nextBoolean() ? Timescale.MILLIS : new Timescale(rate);
      tracks.add(audio(timescale, rate));
      double skew = (random.nextDouble() * 2 - 1) * lag;
      addAudio(timescale, rate, start, seconds, skew, arrivals);
    }
    arrivals.sort(Comparator.comparingDouble(Timed::arrival));
    if (run > 0) {
      events.add(new MediaEvent.Discontinuity((long) (start * 1e9)));
    }
    events.add(new MediaEvent.TracksReady(tracks));
    for (Timed timed : arrivals) {
      events.add(new MediaEvent.SampleReady(timed.sample));
      samples.add(timed.sample);
    }
    return start + seconds;
  }

  private void addVideo(Timescale timescale, double start, double seconds, List<Timed> arrivals) {
    double rate = RATES[random.nextInt(RATES.length)];
    int reorder = random.nextInt(3);
    int group = Math.max(1, (int) (rate * (0.3 + random.nextDouble() * (longestGroup - 0.3))));
    boolean regular = random.nextBoolean();
    int untilKey = 0;
    for (int i = 0; i / rate < seconds; i++) {
      boolean key = untilKey == 0;
      if (key) {
        untilKey = regular ? group : Math.max(1, (int) (rate * random.nextDouble() * longestGroup));
      }
      untilKey--;
      int shift = reorder == 0 ? 0 : key ? reorder : random.nextInt(reorder * 2 + 1);
      long dts = Math.round((start + i / rate) * timescale.ticksPerSecond());
      int offset = (int) Math.round(shift / rate * timescale.ticksPerSecond());
      arrivals.add(new Timed(i / rate, new Sample(VIDEO, dts, offset, key, payload())));
    }
  }

  private void addAudio(
      Timescale timescale,
      int rate,
      double start,
      double seconds,
      double skew,
      List<Timed> arrivals) {
    double frame = 1024.0 / rate;
    double first = start + random.nextDouble() * 0.1;
    for (int i = 0; i * frame < seconds; i++) {
      long dts = Math.round((first + i * frame) * timescale.ticksPerSecond());
      arrivals.add(new Timed(i * frame + skew, new Sample(AUDIO, dts, 0, true, payload())));
    }
  }

  private Buffer payload() {
    return Buffer.buffer().appendInt(payloads++).appendBytes(new byte[random.nextInt(20)]);
  }
}
