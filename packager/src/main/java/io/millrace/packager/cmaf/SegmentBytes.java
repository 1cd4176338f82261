package io.millrace.packager.cmaf;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one track's segments, one after the other. A segment is kept in memory as it was
 * written, with the room that it did not need, so room is made by the last segments of the track;
 * one that leaves much of it is copied once more, into a buffer of its own size.
 */
final class SegmentBytes {
  private static final int REMEMBERED = 4;

  /** One byte in so many may be left: 12.5 percent. */
  private static final int TOLERATED = 8;

  private final int[] sizes = new int[REMEMBERED];
  private int next;
  private @Nullable Buffer open;
  private int room;

  /** The open segment, to append to. */
  Buffer open() {
    Buffer segment = open;
    if (segment == null) {
      int largest = 0;
      for (int size : sizes) {
        largest = Math.max(largest, size);
      }
      room = largest + largest / 10;
      segment = Buffer.buffer(room);
      open = segment;
    }
    return segment;
  }

  /** Ends the open segment, which is empty when nothing was written. */
  Buffer finish() {
    Buffer segment = open;
    if (segment == null) {
      return Buffer.buffer();
    }
    open = null;
    int size = segment.length();
    sizes[next] = size;
    next = (next + 1) % REMEMBERED;
    // A buffer that had too little room has doubled it.
    boolean fits = size <= room && room - size <= room / TOLERATED;
    return fits ? segment : segment.copy();
  }
}
