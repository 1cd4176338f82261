package io.millrace.packager.captions;

import io.vertx.core.buffer.Buffer;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * Puts what pictures carry into the order in which they are shown. Pictures come in the order of
 * decoding; one is given on as soon as none that comes before it can follow.
 */
final class PictureOrder {
  /**
   * More than decoders reorder: 16 frames (14496-10 A.3.1, 23008-2 A.4.2), each of two fields that
   * may be samples of their own. With more, composition offsets are no order but a delay.
   */
  private static final int MAX_WAITING = 32;

  private final Output output;
  private final Queue<Picture> waiting =
      new PriorityQueue<>(
          Comparator.comparingLong(Picture::pts).thenComparingLong(Picture::sequence));
  private long sequence;
  private long leastOffset;

  /** Takes pictures in the order of presentation, except such as come too late for it. */
  interface Output {
    /**
     * @param pts in the track's timescale
     * @param captions what the picture carries, empty where it is nothing
     */
    void picture(long pts, Buffer captions);
  }

  private record Picture(long pts, long sequence, Buffer captions) {}

  PictureOrder(Output output) {
    this.output = output;
  }

  /**
   * Takes the next picture in the order of decoding. No later one is shown before this one's time
   * of decoding, or as long before its own as any was seen to be.
   */
  void accept(long dts, long pts, Buffer captions) {
    leastOffset = Math.min(leastOffset, pts - dts);
    waiting.add(new Picture(pts, sequence++, captions));
    release(dts + leastOffset);
    while (waiting.size() > MAX_WAITING) {
      give();
    }
  }

  /** Gives on what is shown before a time, whatever may follow. */
  void releaseBefore(long pts) {
    release(pts - 1);
  }

  /** Gives everything on, and begins anew: what follows has another timeline. */
  void flush() {
    release(Long.MAX_VALUE);
    leastOffset = 0;
  }

  private void release(long lastPts) {
    while (!waiting.isEmpty() && waiting.element().pts <= lastPts) {
      give();
    }
  }

  private void give() {
    Picture next = waiting.remove();
    output.picture(next.pts, next.captions);
  }
}
