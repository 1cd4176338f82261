package io.millrace.packager.cue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/**
 * Where the segmenter has to cut, and for where key frames are to be asked (HLS S3): at the first
 * key frame at or behind a splice, of which the nearest one may be half a frame before it. Times
 * are nanoseconds of the broadcast in presentation time. Confined to its home context.
 *
 * <pre>
 * segmenter, at a key frame of its leader:   wanted |= splices.isDue(nanos, frameNanos)
 * segmenter, when it has cut:                splices.cut(nanos, frameNanos)
 * transcoder, when the list has changed:     splices.toCome(nanos) as forced key frames
 * </pre>
 */
public final class SpliceTimes {
  private final LongConsumer onCut;
  private List<Long> times = List.of();
  private long lastCutNanos = Long.MIN_VALUE;

  /** Nobody hears of cuts. */
  public SpliceTimes() {
    this(nanos -> {});
  }

  /**
   * @param onCut hears where each segment starts that starts with a key frame, in nanoseconds
   */
  public SpliceTimes(LongConsumer onCut) {
    this.onCut = onCut;
  }

  /**
   * The splices as they stand, in place of those before.
   *
   * @param splices in ascending order, see {@link CuePoints#splices}
   */
  public void set(List<Long> splices) {
    times = List.copyOf(splices);
  }

  /**
   * Whether a segment is to end before a key frame.
   *
   * @param frameNanos how long a frame lasts
   */
  public boolean isDue(long nanos, long frameNanos) {
    OptionalLong next = next();
    return next.isPresent() && next.getAsLong() <= nanos + frameNanos / 2;
  }

  /**
   * A segment starts here, for whatever reason.
   *
   * @param frameNanos how long a frame lasts
   */
  public void cut(long nanos, long frameNanos) {
    lastCutNanos = Math.max(lastCutNanos, nanos + frameNanos / 2);
    onCut.accept(nanos);
  }

  /** Where key frames are to be behind this time, in ascending order. */
  public List<Long> toCome(long nanos) {
    List<Long> behind = new ArrayList<>();
    for (long time : times) {
      if (time > nanos) {
        behind.add(time);
      }
    }
    return behind;
  }

  /** The first that no segment has been cut for. */
  private OptionalLong next() {
    for (long time : times) {
      if (time > lastCutNanos) {
        return OptionalLong.of(time);
      }
    }
    return OptionalLong.empty();
  }
}
