package io.millrace.packager.ts;

import io.millrace.media.AvcConfiguration;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.UnsupportedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/** Which formats a transport stream carries, and how it names them. */
final class Streams {
  private static final int AVC = 0x1B;
  private static final int AAC_ADTS = 0x0F;
  private static final int AUDIO_STREAM = 0xC0;

  private Streams() {}

  /**
   * How a track is carried.
   *
   * @throws UnsupportedMediaException when it cannot be; the message is fit for its sender
   */
  static ElementaryStream of(Track track) {
    return switch (track.format()) {
      case TrackFormat.H264 h264 -> {
        AvcConfiguration configuration = h264.configuration();
        List<Buffer> sets = new ArrayList<>(configuration.sequenceParameterSets());
        sets.addAll(configuration.pictureParameterSets());
        yield new Pictures(NalSyntax.AVC, AVC, track.timescale(), sets);
      }
      case TrackFormat.Aac aac ->
          new Sound(
              AAC_ADTS,
              AUDIO_STREAM,
              Buffer.buffer(),
              new AdtsFraming(aac.configuration()),
              track.timescale(),
              (double) aac.configuration().samplesPerFrame()
                  / aac.configuration().coreSampleRate());
    };
  }
}
