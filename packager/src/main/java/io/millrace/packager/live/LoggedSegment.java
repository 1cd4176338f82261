package io.millrace.packager.live;

import io.millrace.packager.presentation.Segment;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A segment with what is to be known of its place in a {@link RenditionLog}, which changes it. */
final class LoggedSegment {
  Segment segment;
  final Headers.Header header;
  final boolean namesHeader;
  final int lines;
  final int item;
  final long endNanos;

  /** When nobody can ask for it any more; null while it is listed. */
  @Nullable Instant expiresAt;

  /**
   * @param namesHeader whether its lines in the playlist start with its header
   * @param lines bytes of these lines
   * @param item bytes of its item in the broadcast's state
   * @param endNanos where it ends, from the start of the log's first segment
   */
  LoggedSegment(
      Segment segment,
      Headers.Header header,
      boolean namesHeader,
      int lines,
      int item,
      long endNanos) {
    this.segment = segment;
    this.header = header;
    this.namesHeader = namesHeader;
    this.lines = lines;
    this.item = item;
    this.endNanos = endNanos;
  }

  long startNanos() {
    return endNanos - segment.durationNanos();
  }
}
