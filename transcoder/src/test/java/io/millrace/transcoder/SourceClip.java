package io.millrace.transcoder;

import io.millrace.media.EndReason;
import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.Av1Configuration;
import io.millrace.media.codec.AvcConfiguration;
import io.millrace.media.codec.HevcConfiguration;
import io.millrace.media.codec.OpusConfiguration;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.testkit.rtmp.Message;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Real media as the events that a publisher of it would cause, with times in milliseconds. */
record SourceClip(List<Track> tracks, List<Sample> samples) {
  static final TrackId PICTURES = new TrackId(1);
  static final TrackId SOUND = new TrackId(2);

  private static final int EXTENDED = 0x80;

  static SourceClip of(FlvClip clip) {
    List<Track> tracks = new ArrayList<>();
    List<Sample> samples = new ArrayList<>();
    for (FlvClip.Tag tag : clip.tags()) {
      Buffer body = Buffer.buffer(tag.payload());
      if (tag.type() == Message.VIDEO) {
        video(tag.timestamp(), body, tracks, samples);
      } else if (tag.type() == Message.AUDIO) {
        audio(tag.timestamp(), body, tracks, samples);
      }
    }
    return new SourceClip(tracks, samples);
  }

  /** The clip as it is. */
  static SourceClip bigBuckBunny() {
    return of(FlvClip.bigBuckBunny());
  }

  private static void video(long time, Buffer body, List<Track> tracks, List<Sample> samples) {
    boolean extended = (body.getByte(0) & EXTENDED) != 0;
    boolean key = (body.getByte(0) >> 4 & 7) == 1;
    int kind = extended ? body.getByte(0) & 0xF : body.getByte(1);
    String codec = extended ? body.getString(1, 5) : "avc1";
    Buffer record = body.slice(5, body.length());
    if (kind == 0) {
      tracks.add(track(PICTURES, picture(codec, record)));
      return;
    }
    boolean offsetTold = kind == 1 && (codec.equals("avc1") || codec.equals("hvc1"));
    int offset = 0;
    if (offsetTold) {
      offset = body.getMedium(extended ? 5 : 2);
      record = body.slice(extended ? 8 : 5, body.length());
    }
    if ((kind == 1 || kind == 3) && record.length() > 0) {
      samples.add(new Sample(PICTURES, time, offset, key, record));
    }
  }

  private static TrackFormat picture(String codec, Buffer record) {
    return switch (codec) {
      case "avc1" -> new TrackFormat.H264(AvcConfiguration.parse(record));
      case "hvc1" -> new TrackFormat.H265(HevcConfiguration.parse(record));
      case "av01" -> new TrackFormat.Av1(Av1Configuration.parse(record).orElseThrow());
      default -> throw new IllegalArgumentException(codec);
    };
  }

  private static void audio(long time, Buffer body, List<Track> tracks, List<Sample> samples) {
    boolean extended = (body.getByte(0) & 0xF0) == 0x90;
    int kind = extended ? body.getByte(0) & 0xF : body.getByte(1);
    Buffer rest = body.slice(extended ? 5 : 2, body.length());
    if (kind == 0) {
      TrackFormat format =
          extended && body.getString(1, 5).equals("Opus")
              ? new TrackFormat.Opus(OpusConfiguration.parse(rest))
              : new TrackFormat.Aac(AacConfiguration.parse(rest));
      tracks.add(track(SOUND, format));
    } else if (kind == 1) {
      samples.add(new Sample(SOUND, time, 0, true, rest));
    }
  }

  private static Track track(TrackId id, TrackFormat format) {
    return new Track(id, format, Timescale.MILLIS);
  }

  /** The beginning. */
  SourceClip first(Duration length) {
    return new SourceClip(
        tracks, samples.stream().filter(sample -> sample.dts() < length.toMillis()).toList());
  }

  /** Without its sound. */
  SourceClip silent() {
    return new SourceClip(
        tracks.stream().filter(Track::isVideo).toList(),
        samples.stream().filter(sample -> sample.track().equals(PICTURES)).toList());
  }

  /** The same, so much later. */
  SourceClip later(Duration by) {
    return new SourceClip(
        tracks, samples.stream().map(sample -> at(sample, sample.dts() + by.toMillis())).toList());
  }

  private static Sample at(Sample sample, long dts) {
    return new Sample(
        sample.track(), dts, sample.compositionOffset(), sample.sync(), sample.payload());
  }

  /** Tracks and samples, without an end. */
  List<MediaEvent> events() {
    List<MediaEvent> events = new ArrayList<>();
    events.add(new MediaEvent.TracksReady(tracks));
    samples.forEach(sample -> events.add(new MediaEvent.SampleReady(sample)));
    return events;
  }

  /** Tracks, samples and the end. */
  List<MediaEvent> broadcast() {
    List<MediaEvent> events = events();
    events.add(new MediaEvent.Ended(EndReason.UNPUBLISHED));
    return events;
  }

  List<Sample> pictures() {
    return samples.stream().filter(sample -> sample.track().equals(PICTURES)).toList();
  }

  /** When the last picture is shown. */
  long lastShown() {
    return pictures().stream().mapToLong(Sample::pts).max().orElseThrow();
  }

  List<Sample> sounds() {
    return samples.stream().filter(sample -> sample.track().equals(SOUND)).toList();
  }
}
