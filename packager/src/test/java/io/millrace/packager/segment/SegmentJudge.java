package io.millrace.packager.segment;

import io.millrace.validator.Violation;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.PlaylistRules;
import io.millrace.validator.media.SegmentMedia;
import io.millrace.validator.media.SegmentRules;
import io.millrace.validator.mp4.Mp4Reader;
import io.millrace.validator.ts.TsReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the validator says of the segments of one rendition, listed as they would be: durations and
 * dates against the samples, times from segment to segment, the clock.
 */
public final class SegmentJudge {
  private SegmentJudge() {}

  /** The MUSTs that are broken. */
  public static List<Violation> judge(List<CutSegment> segments, int targetSeconds) {
    MediaPlaylist list = PlaylistReader.readMedia(list(segments, targetSeconds));
    List<Violation> found = new ArrayList<>(PlaylistRules.live("list", list));
    SegmentRules rules = new SegmentRules();
    TsReader reader = new TsReader();
    for (int i = 0; i < segments.size(); i++) {
      var listed = list.segments().get(i);
      if (!listed.gap()) {
        SegmentMedia media = read(segments.get(i), reader, rules.continues(listed));
        found.addAll(rules.accept(listed.uri(), listed, media, false));
      }
    }
    return found.stream().filter(violation -> violation.rule().must()).toList();
  }

  private static SegmentMedia read(CutSegment segment, TsReader reader, boolean continues) {
    byte[] bytes = segment.bytes().getBytes();
    return segment
        .header()
        .map(header -> Mp4Reader.read(header.bytes().getBytes(), bytes))
        .orElseGet(() -> reader.read(bytes, continues));
  }

  private static String list(List<CutSegment> segments, int targetSeconds) {
    StringBuilder text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:");
    text.append(targetSeconds).append("\n#EXT-X-DISCONTINUITY-SEQUENCE:0\n");
    String init = "";
    for (CutSegment segment : segments) {
      String next = segment.header().map(Header::name).orElse("");
      if (!next.equals(init)) {
        text.append("#EXT-X-MAP:URI=\"").append(next).append("\"\n");
        init = next;
      }
      double seconds = segment.timescale().toSeconds(segment.durationTicks());
      text.append(segment.discontinuity() ? "#EXT-X-DISCONTINUITY\n" : "")
          .append(segment.gap() ? "#EXT-X-GAP\n" : "")
          .append("#EXT-X-PROGRAM-DATE-TIME:")
          .append(
              Instant.ofEpochSecond(1_800_000_000, segment.mediaNanos() / 1_000_000 * 1_000_000))
          .append(String.format(Locale.ROOT, "\n#EXTINF:%.6f,\n%d\n", seconds, segment.msn()));
    }
    return text.toString();
  }
}
