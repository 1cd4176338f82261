package io.millrace.transcoder;

import io.millrace.transcoding.protocol.Frame;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/** Makes a JPEG of a key frame, whose stream is not decoded otherwise; a decoder for each. */
final class SinglePicture {
  private final Frame.KeyFrame asked;
  private Frame.@Nullable Still made;

  private SinglePicture(Frame.KeyFrame asked) {
    this.asked = asked;
  }

  /** The answer, which has no picture where none could be made. For one thread. */
  static Frame.Still of(Frame.KeyFrame asked) {
    return new SinglePicture(asked).make();
  }

  private Frame.Still make() {
    try (Decoder decoder = new Decoder(asked.track())) {
      if (decoder.decode(asked.sample(), this::take)) {
        decoder.drain(this::take);
      }
    } catch (NativeFailure e) {
      Log.info("no still of a key frame: " + e.getMessage());
    }
    return made == null ? new Frame.Still(asked.number(), 0, 0, 0, ByteBuffer.allocate(0)) : made;
  }

  /** The first picture that comes out. */
  private void take(AVFrame frame) {
    if (made == null) {
      int[] size = PictureShape.of(frame).scaledTo(asked.lines());
      Stills.scaled(
          frame,
          asked.track().timescale(),
          size,
          jpeg -> made = new Frame.Still(asked.number(), 0, size[0], size[1], jpeg));
    }
  }
}
