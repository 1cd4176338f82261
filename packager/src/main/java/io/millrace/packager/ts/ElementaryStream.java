package io.millrace.packager.ts;

import io.millrace.media.Sample;
import io.millrace.packager.segment.TimedSample;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** How one track is carried. */
interface ElementaryStream {
  /** ISO/IEC 13818-1 table 2-34. */
  int streamType();

  /** Of its PES packets (table 2-22). */
  int streamId();

  /** What the programme map says of it besides. */
  Buffer descriptors();

  /** Whether there is a way to carry a sample. */
  default boolean carries(Sample sample) {
    return true;
  }

  /**
   * Its samples as PES packets, in order.
   *
   * @param samples those that can be carried
   */
  List<Unit> units(List<TimedSample> samples);
}
