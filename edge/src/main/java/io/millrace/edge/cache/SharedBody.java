package io.millrace.edge.cache;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/**
 * The bytes of one object, outside the heap, written to every viewer without a copy. The only class
 * that touches Vert.x's internal buffers and reference counts.
 *
 * <p>The memory is given back when the last hold ends: the store has one, each response in progress
 * has one, and each slice handed to a socket needs one until its write is over (Vert.x passes
 * slices on as unreleasable, so the end of a write is its future). Thread-safe.
 */
public final class SharedBody {
  private final ByteBuf bytes;
  private final int length;

  private SharedBody(ByteBuf bytes) {
    this.bytes = bytes;
    this.length = bytes.readableBytes();
  }

  /** Copies the bytes, once; the caller has the first hold. */
  public static SharedBody copyOf(Buffer source) {
    ByteBuf copy =
        Unpooled.directBuffer(Math.max(1, source.length()), Math.max(1, source.length()));
    return new SharedBody(copy.writeBytes(((BufferInternal) source).getByteBuf()));
  }

  public int length() {
    return length;
  }

  /** Adds a hold, unless the last one has ended and the memory is gone. */
  public boolean tryHold() {
    try {
      bytes.retain();
      return true;
    } catch (IllegalReferenceCountException gone) {
      return false;
    }
  }

  /** Ends a hold. */
  public void release() {
    bytes.release();
  }

  /** A view of some bytes; to be used only under a hold that lasts until it is written. */
  public Buffer slice(int from, int to) {
    return BufferInternal.buffer(bytes.slice(from, to - from).asReadOnly());
  }

  /** A copy on the heap; to be called under a hold. */
  public byte[] bytes() {
    byte[] copy = new byte[length];
    bytes.getBytes(0, copy);
    return copy;
  }

  int holds() {
    return bytes.refCnt();
  }
}
