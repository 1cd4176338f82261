package io.millrace.packager.cmaf;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of one track's open segment, in the pieces in which they were written. The segment is
 * one buffer over these pieces: nothing is copied and no room is left over, however its size
 * differs from that of the last one.
 */
final class SegmentBytes {
  private List<ByteBuf> pieces = new ArrayList<>();
  private int length;

  /** Bytes of the open segment so far. */
  int length() {
    return length;
  }

  /** Puts bytes behind what there is; they must not change any more. */
  void append(Buffer piece) {
    pieces.add(((BufferInternal) piece).getByteBuf());
    length += piece.length();
  }

  /** Ends the open segment, which is empty when nothing was written. */
  Buffer finish() {
    if (pieces.isEmpty()) {
      return Buffer.buffer();
    }
    ByteBuf whole =
        pieces.size() == 1
            ? pieces.getFirst()
            : Unpooled.wrappedBuffer(pieces.size(), pieces.toArray(ByteBuf[]::new));
    pieces = new ArrayList<>();
    length = 0;
    // Many read it, and none of them gives it back: it is the garbage collector's.
    return BufferInternal.buffer(Unpooled.unreleasableBuffer(whole));
  }
}
