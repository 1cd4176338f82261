package io.millrace.packager.segment;

import io.millrace.media.Timescale;
import io.millrace.packager.presentation.Part;
import io.vertx.core.buffer.Buffer;

/**
 * Hears of a segment while it is open. Its cut comes after its last part, and a segment of which
 * nothing was heard before its cut has no media.
 */
public interface PartOutput {
  /** Nobody who hears of it. */
  PartOutput NONE =
      new PartOutput() {
        @Override
        public void opened(String line, Header header) {}

        @Override
        public void begun(String line, SegmentStart start, Header header, Timescale timescale) {}

        @Override
        public void closed(String line, Part part, Buffer bytes) {}

        @Override
        public boolean isHeard() {
          return false;
        }
      };

  /** Whether anybody hears of parts. */
  default boolean isHeard() {
    return true;
  }

  /** What begins from now on on a line needs this header; what is open there is over, or is cut. */
  void opened(String line, Header header);

  /** The first sample of a segment has come; what this says of it does not change any more. */
  void begun(String line, SegmentStart start, Header header, Timescale timescale);

  /**
   * A part of the segment that began last is whole.
   *
   * @param bytes those of the segment from the part's offset on, not to be changed
   */
  void closed(String line, Part part, Buffer bytes);
}
