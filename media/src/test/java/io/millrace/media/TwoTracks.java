package io.millrace.media;

import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.AspectRatio;
import io.millrace.media.codec.AvcConfiguration;
import io.millrace.media.codec.AvcPicture;
import io.millrace.media.codec.ColorInfo;
import io.millrace.media.codec.PictureFormat;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A picture and sound on their way through a {@link SourceTimeline}, and what comes out. Times are
 * milliseconds on a timescale of 1000, so that they read as what they are.
 */
final class TwoTracks {
  static final TrackId VIDEO = new TrackId(1);
  static final TrackId AUDIO = new TrackId(2);
  private static final AvcConfiguration NO_CONFIGURATION =
      new AvcConfiguration(
          Buffer.buffer(),
          4,
          List.of(),
          List.of(),
          new AvcPicture(
              100,
              0,
              31,
              new PictureFormat(1280, 720, 1, 8, ColorInfo.UNSPECIFIED, AspectRatio.SQUARE, 0)));
  static final Track VIDEO_TRACK =
      new Track(VIDEO, new TrackFormat.H264(NO_CONFIGURATION), Timescale.MILLIS);
  static final Track AUDIO_TRACK =
      new Track(
          AUDIO,
          new TrackFormat.Aac(
              AacConfiguration.parse(Buffer.buffer(new byte[] {0x11, (byte) 0x90}))),
          Timescale.MILLIS);

  final List<String> out = new ArrayList<>();
  final List<Sample> samples = new ArrayList<>();
  final Map<TimestampRepair, Integer> repairs = new EnumMap<>(TimestampRepair.class);
  long nowMillis;
  final SourceTimeline timeline =
      new SourceTimeline(
          (repair, count) -> repairs.merge(repair, count, Integer::sum),
          new SourceTimeline.Outlet() {
            @Override
            public void broken(long arrivedNanos) {
              out.add("break");
            }

            @Override
            public void sample(Sample sample, long arrivedNanos) {
              out.add((sample.track().equals(VIDEO) ? "v" : "a") + sample.dts());
              samples.add(sample);
            }
          });

  TwoTracks() {
    timeline.tracks(List.of(VIDEO_TRACK, AUDIO_TRACK));
  }

  void both(long fromMillis, long toMillis) {
    for (long t = fromMillis; t < toMillis; t += 40) {
      video(t);
      audio(t);
      nowMillis += 40;
    }
  }

  /** The sound says nothing for a while. */
  void alone(long fromMillis, long toMillis) {
    for (long t = fromMillis; t < toMillis; t += 40) {
      video(t);
      nowMillis += 40;
    }
  }

  void behind(long fromMillis, long toMillis, long lag) {
    for (long t = fromMillis; t < toMillis; t += 40) {
      video(t);
      audio(t - lag);
      nowMillis += 40;
    }
  }

  void video(long millis) {
    timeline.accept(sample(VIDEO, millis), nowMillis * 1_000_000);
  }

  /** A picture that goes on from those before it. */
  void laterVideo(long millis) {
    timeline.accept(picture(millis, 0), nowMillis * 1_000_000);
  }

  void audio(long millis) {
    timeline.accept(sample(AUDIO, millis), nowMillis * 1_000_000);
  }

  Sample sample(TrackId track, long millis) {
    return new Sample(track, millis, 0, true, Buffer.buffer());
  }

  Sample picture(long millis, int composition) {
    return new Sample(VIDEO, millis, composition, false, Buffer.buffer());
  }
}
