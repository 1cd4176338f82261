package io.millrace.packager.cmaf;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.packager.segment.KeyFrame;
import io.millrace.packager.segment.TimedSample;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** A whole MP4 file of one picture that lasts a second, which a {@code <video>} element shows. */
public final class StillPicture {
  private StillPicture() {}

  /** The file. */
  public static Buffer of(KeyFrame key) {
    Timescale timescale = key.track().timescale();
    Sample alone = new Sample(key.sample().track(), 0, 0, true, key.sample().payload());
    TimedSample second = new TimedSample(alone, timescale.ticksPerSecond());
    return Buffer.buffer()
        .appendBuffer(InitSegment.of(key.track()).bytes())
        .appendBuffer(Fragment.write(1, timescale, List.of(second)));
  }
}
