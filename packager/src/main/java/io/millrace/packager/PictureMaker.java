package io.millrace.packager;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** Makes JPEGs of key frames, whoever does it. */
@FunctionalInterface
public interface PictureMaker {
  /**
   * Makes one, no larger than the picture is.
   *
   * @param lines of its shorter side
   * @return empty where none can be made now; on the caller's context
   */
  Future<Optional<Buffer>> jpeg(Track track, Sample keyFrame, int lines);
}
