package io.millrace.packager.hls;

import io.millrace.packager.presentation.Presentation;
import java.time.Duration;

/**
 * What a low-latency broadcast promises its players, the same in all of its playlists for as long
 * as it lasts (HLS D7, L2).
 */
public final class LowLatency {
  /** RFC 8216bis 4.4.3.8: at least three parts, three and six target durations. */
  private static final int HELD_BACK = 3;

  private static final int SKIPPED_BEFORE = 6;

  /** RFC 8216bis 4.4.4.9: parts are listed so near to the end. */
  private static final int LISTED = 3;

  /** RFC 8216bis 6.2.5.2: so many parts, or seconds of parts, may be asked for in advance. */
  private static final int ADVANCE = 3;

  private LowLatency() {}

  /** How near to the playlist's end parts are listed. */
  public static Duration partsListed(int targetSeconds) {
    return Duration.ofSeconds((long) LISTED * targetSeconds);
  }

  /** How near to the playlist's end segments are never left out of a delta update. */
  public static Duration skipBoundary(int targetSeconds) {
    return Duration.ofSeconds((long) SKIPPED_BEFORE * targetSeconds);
  }

  /** How many parts behind the last one may be waited for. */
  public static int advanceParts(Duration partTarget) {
    double seconds = partTarget.toNanos() / 1e9;
    return seconds < 1 ? (int) Math.ceil(ADVANCE / seconds) : ADVANCE;
  }

  /**
   * {@code EXT-X-SERVER-CONTROL} and {@code EXT-X-PART-INF}; nothing where there are no parts.
   *
   * @param whole whether this playlist lists whole segments only
   */
  static void head(StringBuilder out, Presentation presentation, boolean whole) {
    if (presentation.partTarget().isEmpty()) {
      return;
    }
    Duration part = presentation.partTarget().get();
    int target = presentation.targetSeconds();
    out.append("#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=");
    Decimals.append(out, part.multipliedBy(HELD_BACK).toNanos() / 1e9);
    out.append(",CAN-SKIP-UNTIL=").append(skipBoundary(target).toSeconds());
    out.append(".0,CAN-SKIP-DATERANGES=YES,HOLD-BACK=").append(HELD_BACK * target).append(".0\n");
    if (!whole) {
      out.append("#EXT-X-PART-INF:PART-TARGET=");
      Decimals.append(out, part.toNanos() / 1e9);
      out.append('\n');
    }
  }
}
