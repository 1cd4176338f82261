package io.millrace.packager;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.transcoding.PictureOutcome;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/**
 * Makes pictures of key frames, whoever does it. What is broken is held against the source that is
 * named. Futures complete on the caller's context and never fail.
 */
public interface PictureMaker {
  /**
   * Makes a JPEG, no larger than the picture is.
   *
   * @param lines of its shorter side
   */
  Future<PictureOutcome> jpeg(String source, Track track, Sample keyFrame, int lines);

  /**
   * Makes a small picture without compressing it.
   *
   * @param file the beginning of an MP4 file or of a transport stream, with one picture
   * @param width in pixels, even; the picture is fitted in
   * @param height likewise
   * @return planes of {@code width * height * 3 / 2} bytes (Y, Cb, Cr of 4:2:0, full range)
   */
  Future<PictureOutcome> tile(String source, Buffer file, int width, int height);

  /** Makes a JPEG of such planes. */
  Future<PictureOutcome> sheet(String source, Buffer planes, int width, int height);
}
