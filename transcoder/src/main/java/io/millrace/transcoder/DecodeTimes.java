package io.millrace.transcoder;

import io.millrace.transcoding.protocol.WireSample;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Gives the source's decoding times to the pictures that come out of its decoder, in the order of
 * presentation: the first to the first. An encoder codes as many pictures, so the times fit its
 * order too, and a key frame behind which nothing refers has just the source's. With a time goes
 * what was said of the access unit that had it, so that rungs have key frames when the source is
 * decoded at one, or cut. Where pictures were lost, times of theirs are left over until the next
 * key frame. Pure.
 */
final class DecodeTimes {
  /** No decoder holds back so many; what is beyond has been lost. */
  private static final int MOST = 256;

  private record Waiting(long dts, long pts, boolean sync, boolean startsSegment) {}

  /**
   * When a picture is decoded.
   *
   * @param sync whether a key frame of the source has this time
   * @param startsSegment whether a segment of the source begins then
   */
  record Place(long dts, boolean sync, boolean startsSegment) {}

  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long last = Long.MIN_VALUE;

  /** A sample goes into the decoder. */
  void sent(WireSample sample, boolean startsSegment) {
    waiting.addLast(new Waiting(sample.dts(), sample.pts(), sample.sync(), startsSegment));
    if (waiting.size() > MOST) {
      waiting.removeFirst();
    }
  }

  /** The place of the next picture; each is decoded later than the one before. */
  Place next(long pts) {
    Waiting own = own(pts);
    boolean isKey = own != null && own.sync;
    boolean skipped = isKey && dropBefore(pts);
    Waiting first = waiting.pollFirst();
    long dts = first == null ? pts : first.dts;
    last = last == Long.MIN_VALUE || dts > last ? dts : last + 1;
    return new Place(
        last,
        isKey || (first != null && first.sync),
        skipped || (first != null && first.startsSegment));
  }

  private @Nullable Waiting own(long pts) {
    for (Waiting one : waiting) {
      if (one.pts == pts) {
        return one;
      }
    }
    return null;
  }

  /**
   * Leaves out what is shown before a key frame and has not come by now.
   *
   * @return whether a segment starts with some of it
   */
  private boolean dropBefore(long keyPts) {
    boolean closed = true;
    for (Waiting one : waiting) {
      if (one.pts == keyPts) {
        break;
      }
      closed &= one.pts < keyPts;
    }
    boolean starts = false;
    while (closed && waiting.getFirst().pts != keyPts) {
      starts |= waiting.removeFirst().startsSegment;
    }
    return starts;
  }
}
