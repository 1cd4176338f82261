package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;

/**
 * The start of a frame's uncompressed header (VP9 6.2); of a superframe, its first frame's.
 *
 * @param width of a key frame, in samples; otherwise 0
 * @param height of a key frame, in samples; otherwise 0
 * @param bitDepth of a key frame; otherwise 0
 */
public record Vp9FrameHeader(
    int profile, boolean keyFrame, boolean shown, int width, int height, int bitDepth) {
  private static final int SYNC_CODE = 0x498342;
  private static final int RGB = 7;

  /**
   * @throws MalformedMediaException when it is not a VP9 frame
   */
  public static Vp9FrameHeader parse(Buffer frame) {
    BitReader in = new BitReader("VP9 frame", frame);
    if (in.integer(2) != 2) {
      throw in.malformed("no frame marker");
    }
    int profile = in.integer(1) | in.integer(1) << 1;
    if (profile == 3) {
      in.flag();
    }
    if (in.flag()) {
      return new Vp9FrameHeader(profile, false, true, 0, 0, 0);
    }
    boolean keyFrame = !in.flag();
    boolean shown = in.flag();
    in.flag();
    if (!keyFrame) {
      return new Vp9FrameHeader(profile, false, shown, 0, 0, 0);
    }
    if (in.integer(24) != SYNC_CODE) {
      throw in.malformed("no sync code");
    }
    int bitDepth = profile < 2 ? 8 : in.flag() ? 12 : 10;
    boolean rgb = in.integer(3) == RGB;
    boolean odd = (profile & 1) == 1;
    // Range and, where it is not 4:2:0 by the profile, subsampling.
    in.skip((rgb ? 0 : 1) + (odd ? rgb ? 1 : 3 : 0));
    int width = in.integer(16) + 1;
    int height = in.integer(16) + 1;
    if (width > PictureFormat.MAX_DIMENSION || height > PictureFormat.MAX_DIMENSION) {
      throw in.malformed("picture of " + width + " by " + height);
    }
    return new Vp9FrameHeader(profile, true, shown, width, height, bitDepth);
  }
}
