package io.millrace.packager;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.transcoding.PictureOutcome;
import io.vertx.core.Future;

/** Makes JPEGs of key frames, whoever does it. */
@FunctionalInterface
public interface PictureMaker {
  /**
   * Makes one, no larger than the picture is.
   *
   * @param source whose picture it is; what is broken is held against it
   * @param lines of its shorter side
   * @return on the caller's context; never fails
   */
  Future<PictureOutcome> jpeg(String source, Track track, Sample keyFrame, int lines);
}
