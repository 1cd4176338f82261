package io.millrace.packager.ts;

import io.millrace.packager.cmaf.Fragment.TimedSample;
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

  /** Its samples as PES packets, in order. */
  List<Unit> units(List<TimedSample> samples);
}
