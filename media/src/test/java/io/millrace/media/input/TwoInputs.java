package io.millrace.media.input;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.AspectRatio;
import io.millrace.media.codec.AvcConfiguration;
import io.millrace.media.codec.AvcPicture;
import io.millrace.media.codec.ColorInfo;
import io.millrace.media.codec.PictureFormat;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A picture of 25 frames a second and sound that two inputs send; milliseconds on a timescale of
 * 1000.
 */
final class TwoInputs {
  static final TrackId VIDEO = new TrackId(1);
  static final TrackId AUDIO = new TrackId(2);
  static final List<Track> TRACKS =
      List.of(
          new Track(
              VIDEO,
              new TrackFormat.H264(
                  new AvcConfiguration(
                      Buffer.buffer(),
                      4,
                      List.of(),
                      List.of(),
                      new AvcPicture(
                          100,
                          0,
                          31,
                          new PictureFormat(
                              1280, 720, 1, 8, ColorInfo.UNSPECIFIED, AspectRatio.SQUARE, 0)))),
              Timescale.MILLIS),
          new Track(
              AUDIO,
              new TrackFormat.Aac(
                  AacConfiguration.parse(Buffer.buffer(new byte[] {0x11, (byte) 0x90}))),
              Timescale.MILLIS));

  final Delivered primary;
  final Backlog backup = new Backlog(Duration.ofMillis(1500));

  TwoInputs() {
    primary = new Delivered(TRACKS, 0);
    backup.accept(new MediaEvent.TracksReady(TRACKS), 0);
  }

  /** So much of an encode, in the order in which it is sent. */
  static List<Sample> encode(RandomGenerator random, int seconds, int groupFrames) {
    List<Sample> samples = new ArrayList<>();
    for (int frame = 0; frame < seconds * 25; frame++) {
      byte[] payload = new byte[8];
      random.nextBytes(payload);
      boolean sync = frame % groupFrames == 0;
      samples.add(new Sample(VIDEO, frame * 40L, 0, sync, Buffer.buffer(payload)));
      samples.add(new Sample(AUDIO, frame * 40L + 3, 0, true, Buffer.buffer(payload)));
      samples.add(new Sample(AUDIO, frame * 40L + 23, 0, true, Buffer.buffer(payload)));
    }
    return samples;
  }

  static List<Sample> shifted(List<Sample> samples, long millis) {
    return samples.stream()
        .map(one -> new Sample(one.track(), one.dts() + millis, 0, one.sync(), one.payload()))
        .toList();
  }

  /** Both inputs send until then, by the times of the samples and how late they come. */
  void send(List<Sample> ofPrimary, long diesAt, List<Sample> ofBackup, long late, long until) {
    for (Sample sample : ofPrimary) {
      if (sample.dts() < diesAt) {
        primary.accept(new MediaEvent.SampleReady(sample), nanos(sample.dts()));
      }
    }
    for (Sample sample : ofBackup) {
      if (sample.dts() + late < until) {
        backup.accept(new MediaEvent.SampleReady(sample), nanos(sample.dts() + late));
      }
    }
  }

  Joint switchAt(long millis) {
    return Joint.between(primary, backup, nanos(millis));
  }

  static long nanos(long millis) {
    return millis * 1_000_000;
  }
}
