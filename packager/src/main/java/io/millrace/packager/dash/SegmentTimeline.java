package io.millrace.packager.dash;

/**
 * Writes one SegmentTimeline (ISO/IEC 23009-1 5.3.9.6): equal durations behind one another are one
 * element.
 */
final class SegmentTimeline {
  /** Times are made from nanoseconds: they may be off by a tick, durations are not. */
  private static final long ROUNDING = 1;

  private final StringBuilder out;
  private long startTicks;
  private long duration;
  private int count;
  private long endTicks;
  private boolean named;

  SegmentTimeline(StringBuilder out) {
    this.out = out;
  }

  /** Adds the next segment, in ticks of the template's timescale. */
  void add(long ticks, long lasts) {
    boolean continues = named && Math.abs(ticks - endTicks) <= ROUNDING;
    if (continues && lasts == duration) {
      count++;
    } else {
      flush();
      startTicks = continues ? -1 : ticks;
      duration = lasts;
      count = 1;
    }
    endTicks = (continues ? endTicks : ticks) + lasts;
    named = true;
  }

  /** Writes what is left. */
  void flush() {
    if (count == 0) {
      return;
    }
    out.append("<S");
    if (startTicks >= 0) {
      out.append(" t=\"").append(startTicks).append('"');
    }
    out.append(" d=\"").append(duration).append('"');
    if (count > 1) {
      out.append(" r=\"").append(count - 1).append('"');
    }
    out.append("/>\n");
    count = 0;
  }
}
