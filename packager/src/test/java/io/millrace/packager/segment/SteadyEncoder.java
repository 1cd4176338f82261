package io.millrace.packager.segment;

import io.millrace.media.EndReason;
import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.DoublePredicate;

/**
 * Feeds a segmenter with 25 pictures a second and with frames of sound of 20 ms, at the pace of the
 * media unless {@link #at} says when. Times are in seconds.
 */
final class SteadyEncoder {
  static final Track VIDEO = RandomBroadcast.video(Timescale.MILLIS);
  static final Track AUDIO = RandomBroadcast.audio(Timescale.MILLIS, 48_000);
  static final Track SECOND_AUDIO = RandomBroadcast.numbered(AUDIO, 3);

  private static final int PICTURE_MILLIS = 40;
  private static final int SOUND_MILLIS = 20;
  private static final Buffer SMALL = Buffer.buffer("x");

  private final Segmenter segmenter;
  private final MediaPace pace;
  private Optional<Instant> now = Optional.empty();

  SteadyEncoder(Segmenter segmenter) {
    this.segmenter = segmenter;
    this.pace = new MediaPace(segmenter);
  }

  void announce(Track... tracks) {
    accept(new MediaEvent.TracksReady(List.of(tracks)));
  }

  /** What follows comes at this time, in milliseconds. */
  void at(long millis) {
    now = Optional.of(Instant.ofEpochMilli(millis));
  }

  void accept(MediaEvent event) {
    now.ifPresentOrElse(at -> segmenter.accept(event, at), () -> pace.accept(event));
  }

  /** One group of pictures. */
  void pictures(double from, double to) {
    pictures(from, to, at -> millis(at) == millis(from));
  }

  /**
   * Pictures, some of which are key frames.
   *
   * @param key whether the picture at this time is one
   */
  void pictures(double from, double to, DoublePredicate key) {
    for (long at = millis(from); at < millis(to); at += PICTURE_MILLIS) {
      picture(at, key.test(at / 1000.0));
    }
  }

  /** Groups of pictures, one behind the other from time 0 on. */
  void groups(double... lengths) {
    double at = 0;
    for (double length : lengths) {
      pictures(at, at + length);
      at += length;
    }
  }

  /** One picture that needs an earlier one. */
  void laterPicture(double at) {
    picture(millis(at), false);
  }

  void sound(double from, double to) {
    sound(AUDIO, from, to, SMALL);
  }

  void sound(Track track, double from, double to) {
    sound(track, from, to, SMALL);
  }

  /** Sound of which every frame has this content. */
  void sound(Track track, double from, double to, Buffer frame) {
    for (long at = millis(from); at < millis(to); at += SOUND_MILLIS) {
      send(track, at, true, frame);
    }
  }

  /** A group of pictures and its sound as they come from one encoder, frame by frame. */
  void both(double from, double to) {
    for (long at = millis(from); at < millis(to); at += PICTURE_MILLIS) {
      picture(at, at == millis(from));
      sound(at / 1000.0, (at + PICTURE_MILLIS) / 1000.0);
    }
  }

  void end() {
    accept(new MediaEvent.Ended(EndReason.UNPUBLISHED));
  }

  /** One picture, in milliseconds. */
  void picture(long dts, boolean sync) {
    send(VIDEO, dts, sync, nalUnit(sync ? 0x65880000 : 0x41880000));
  }

  /** One sample, in milliseconds. */
  void send(Track track, long dts, boolean sync, Buffer payload) {
    accept(new MediaEvent.SampleReady(new Sample(track.id(), dts, 0, sync, payload)));
  }

  private static long millis(double seconds) {
    return Math.round(seconds * 1000);
  }

  /** A NAL unit behind its length. */
  private static Buffer nalUnit(int content) {
    return Buffer.buffer().appendInt(4).appendInt(content);
  }
}
