package io.millrace.validator.hls;

import java.time.Instant;

/**
 * The text of a low-latency playlist that keeps the rules: segments of two seconds in four parts, a
 * target of two, a window of eight segments.
 */
public final class LiveList {
  public static final int PARTS = 4;
  public static final int WINDOW = 8;

  /** So many whole segments list their parts: three target durations. */
  private static final int WITH_PARTS = 3;

  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

  private LiveList() {}

  /** The list when so many parts have come. */
  public static String at(int parts) {
    return at(parts, "");
  }

  /**
   * The same.
   *
   * @param directives {@code YES} or {@code v2} for a delta update, else empty
   */
  public static String at(int parts, String directives) {
    int next = parts / PARTS;
    int first = Math.max(0, next - WINDOW);
    StringBuilder text = new StringBuilder("#EXTM3U\n");
    int skipped = directives.isEmpty() ? 0 : Math.max(0, next - first - 6);
    text.append("#EXT-X-VERSION:").append(skipped == 0 ? 6 : directives.equals("v2") ? 10 : 9);
    text.append("\n#EXT-X-TARGETDURATION:2\n#EXT-X-PART-INF:PART-TARGET=0.5\n");
    text.append("#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,");
    text.append("CAN-SKIP-DATERANGES=YES,HOLD-BACK=6.0,PART-HOLD-BACK=1.5\n");
    text.append("#EXT-X-MEDIA-SEQUENCE:").append(first);
    text.append("\n#EXT-X-DISCONTINUITY-SEQUENCE:0\n");
    if (skipped > 0) {
      text.append("#EXT-X-SKIP:SKIPPED-SEGMENTS=").append(skipped);
      text.append(directives.equals("v2") ? ",RECENTLY-REMOVED-DATERANGES=\"\"\n" : "\n");
    }
    text.append("#EXT-X-MAP:URI=\"init.mp4\"\n");
    for (int i = first + skipped; i < next; i++) {
      date(text, i);
      if (i >= next - WITH_PARTS) {
        parts(text, i, PARTS);
      }
      text.append("#EXTINF:2.000,\n").append(i).append(".m4s\n");
    }
    if (parts % PARTS > 0) {
      date(text, next);
      parts(text, next, parts % PARTS);
    }
    text.append("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"").append(part(next, parts % PARTS));
    return text.append("\"\n").toString();
  }

  /** The name of a part. */
  public static String part(int segment, int index) {
    return segment + "." + index + ".m4s";
  }

  private static void date(StringBuilder text, int segment) {
    text.append("#EXT-X-PROGRAM-DATE-TIME:").append(START.plusSeconds(2L * segment)).append('\n');
  }

  private static void parts(StringBuilder text, int segment, int count) {
    for (int i = 0; i < count; i++) {
      text.append("#EXT-X-PART:DURATION=0.500,URI=\"").append(part(segment, i)).append('"');
      text.append(i == 0 ? ",INDEPENDENT=YES\n" : "\n");
    }
  }
}
