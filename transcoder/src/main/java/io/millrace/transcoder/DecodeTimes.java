package io.millrace.transcoder;

import io.millrace.transcoding.protocol.WireSample;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Gives the source's decoding times to the pictures that come out of its decoder, in the order of
 * presentation: the first to the first. An encoder codes as many pictures, so the times fit its
 * order too, and a key frame behind which nothing refers has just the source's. Where pictures were
 * lost, times of theirs are left over until the next key frame. Pure.
 */
final class DecodeTimes {
  /** No decoder holds back so many; what is beyond has been lost. */
  private static final int MOST = 256;

  private record Waiting(long dts, long pts, boolean sync) {}

  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long last = Long.MIN_VALUE;

  /** A sample goes into the decoder. */
  void sent(WireSample sample) {
    waiting.addLast(new Waiting(sample.dts(), sample.pts(), sample.sync()));
    if (waiting.size() > MOST) {
      waiting.removeFirst();
    }
  }

  /** Whether the picture of this presentation time is one of the source's key frames. */
  boolean isSync(long pts) {
    for (Waiting one : waiting) {
      if (one.pts == pts) {
        return one.sync;
      }
    }
    return false;
  }

  /** The decoding time of the next picture; each is later than the one before. */
  long next(long pts) {
    if (isSync(pts)) {
      dropBefore(pts);
    }
    Waiting first = waiting.pollFirst();
    long dts = first == null ? pts : first.dts;
    last = last == Long.MIN_VALUE || dts > last ? dts : last + 1;
    return last;
  }

  /** Leaves out what is shown before a key frame and has not come by now. */
  private void dropBefore(long keyPts) {
    boolean closed = true;
    for (Waiting one : waiting) {
      if (one.pts == keyPts) {
        break;
      }
      closed &= one.pts < keyPts;
    }
    Iterator<Waiting> all = waiting.iterator();
    while (closed && all.hasNext() && all.next().pts != keyPts) {
      all.remove();
    }
  }
}
