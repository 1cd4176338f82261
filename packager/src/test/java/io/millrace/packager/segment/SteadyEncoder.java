package io.millrace.packager.segment;

import io.millrace.media.EndReason;
import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** Feeds a segmenter with 25 pictures a second and with frames of sound of 20 ms. */
final class SteadyEncoder {
  static final Track VIDEO = RandomBroadcast.video(Timescale.MILLIS);
  static final Track AUDIO = RandomBroadcast.audio(Timescale.MILLIS, 48_000);
  static final Track SECOND_AUDIO = RandomBroadcast.numbered(AUDIO, 3);
  private static final Buffer SMALL = Buffer.buffer("x");

  private final Segmenter segmenter;

  SteadyEncoder(Segmenter segmenter) {
    this.segmenter = segmenter;
  }

  void announce(Track... tracks) {
    segmenter.accept(new MediaEvent.TracksReady(List.of(tracks)));
  }

  /** One group of pictures. */
  void pictures(double from, double to) {
    for (long at = Math.round(from * 1000); at < Math.round(to * 1000); at += 40) {
      send(VIDEO, at, at == Math.round(from * 1000), picture());
    }
  }

  void sound(Track track, double from, double to) {
    sound(track, from, to, SMALL);
  }

  /** Sound of which every frame has this content. */
  void sound(Track track, double from, double to, Buffer frame) {
    for (long at = Math.round(from * 1000); at < Math.round(to * 1000); at += 20) {
      send(track, at, true, frame);
    }
  }

  void end() {
    segmenter.accept(new MediaEvent.Ended(EndReason.UNPUBLISHED));
  }

  private void send(Track track, long dts, boolean sync, Buffer payload) {
    segmenter.accept(new MediaEvent.SampleReady(new Sample(track.id(), dts, 0, sync, payload)));
  }

  /** A NAL unit behind its length. */
  private static Buffer picture() {
    return Buffer.buffer().appendInt(4).appendInt(0x65880000);
  }
}
