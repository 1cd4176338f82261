package io.millrace.validator.hls;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every rule once kept and once broken. */
class RulesTest {
  private static final String WHERE = "http://host/index.m3u8";

  @Test
  void aWindowThatMovesByTheRulesBreaksNone() {
    assertThat(update(playlist(0, 0, "", "D", "", ""), playlist(1, 0, "D", "", "", ""))).isEmpty();
    assertThat(update(playlist(1, 0, "D", "", "", ""), playlist(2, 1, "", "", "", ""))).isEmpty();
    assertThat(
            update(
                playlist(2, 1, "", "", "", ""),
                playlist(2, 1, "", "", "", "") + "#EXT-X-ENDLIST\n"))
        .isEmpty();
    assertThat(PlaylistRules.live(WHERE, PlaylistReader.readMedia(playlist(2, 1, "", "D", ""))))
        .isEmpty();
  }

  @Test
  void b2NoticesASegmentAboveTheTarget() {
    assertThat(live(playlist(0, 0, "", "").replace("2.000", "2.500")))
        .containsExactly(Rule.B2, Rule.B2);
    assertThat(live(playlist(0, 0, "", "").replace("2.000", "2.499"))).isEmpty();
  }

  @Test
  void b3NoticesAChangedTarget() {
    String later = playlist(0, 0, "", "", "").replace("DURATION:2", "DURATION:3");
    assertThat(update(playlist(0, 0, "", ""), later)).containsExactly(Rule.B3);
  }

  @Test
  void b4NoticesASequenceThatGoesBackAndARenumberedSegment() {
    assertThat(update(playlist(5, 0, "", ""), playlist(4, 0, "", "", ""))).containsExactly(Rule.B4);
    String renumbered = playlist(0, 0, "", "").replace("seg1.m4s", "other.m4s");
    assertThat(update(playlist(0, 0, "", ""), renumbered)).containsExactly(Rule.B4);
  }

  @Test
  void b5NoticesAnEditInTheMiddleAndARemovedTail() {
    assertThat(update(playlist(0, 0, "", ""), playlist(0, 0, "", "D"))).containsExactly(Rule.B5);
    assertThat(update(playlist(0, 0, "", ""), playlist(0, 0, ""))).containsExactly(Rule.B5);
  }

  @Test
  void b7NoticesAType() {
    assertThat(
            live(
                playlist(0, 0, "")
                    .replace("#EXT-X-MEDIA-S", "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MEDIA-S")))
        .containsExactly(Rule.B7);
    assertThat(
            live(
                playlist(1, 0, "")
                    .replace("#EXT-X-MEDIA-S", "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-MEDIA-S")))
        .containsExactly(Rule.B7);
  }

  @Test
  void b10NoticesAWindowThatGetsTooShort() {
    assertThat(update(playlist(0, 0, "", "", ""), playlist(1, 0, "", "")))
        .containsExactly(Rule.B10);
  }

  @Test
  void b14NoticesAStreamThatGoesOnAfterItsEnd() {
    String ended = playlist(0, 0, "", "") + "#EXT-X-ENDLIST\n";
    assertThat(update(ended, playlist(0, 0, "", "", ""))).containsExactly(Rule.B14, Rule.B14);
    assertThat(live(ended + "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"x\"\n")).containsExactly(Rule.B14);
  }

  @Test
  void d3NoticesARemovedDiscontinuityThatIsNotCounted() {
    assertThat(update(playlist(0, 0, "D", "", "", ""), playlist(1, 0, "", "", "")))
        .containsExactly(Rule.D3);
    assertThat(update(playlist(0, 0, "", "", "", ""), playlist(1, 1, "", "", "")))
        .containsExactly(Rule.D3);
  }

  @Test
  void d6NoticesDatesThatDisagreeWithDurations() {
    String dated =
        """
        #EXTM3U
        #EXT-X-VERSION:3
        #EXT-X-TARGETDURATION:2
        #EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:00.000Z
        #EXTINF:2.000,
        a.ts
        #EXT-X-PROGRAM-DATE-TIME:2026-11-21T10:00:02.000Z
        #EXTINF:2.000,
        b.ts
        """;
    assertThat(live(dated)).isEmpty();
    assertThat(live(dated.replace(":02.000Z", ":02.100Z"))).containsExactly(Rule.D6);
  }

  @Test
  void b1NoticesTheWrongTypeAndStrayCharacters() {
    assertThat(PlaylistRules.body(WHERE, "application/vnd.apple.mpegurl", "#EXTM3U\n")).isEmpty();
    assertThat(PlaylistRules.body(WHERE, "application/x-mpegURL", "#EXTM3U\n")).hasSize(1);
    assertThat(PlaylistRules.body(WHERE, "application/vnd.apple.mpegurl", "\uFEFF#EXTM3U\n"))
        .hasSize(2);
    assertThat(PlaylistRules.body(WHERE, "application/vnd.apple.mpegurl", "#EXTM3U\n\u0001\n"))
        .hasSize(1);
  }

  @Test
  void m1NoticesAVariantWithoutCodecsAndAPeakAboveItsBandwidth() {
    AttributeList attributes = AttributeList.parse("BANDWIDTH=1000", 1);
    var variant = new MultivariantPlaylist.Variant("v.m3u8", attributes);
    var playlist = new MultivariantPlaylist(6, false, List.of(variant), List.of(), List.of());
    assertThat(rules(MultivariantRules.check(WHERE, playlist)))
        .containsExactly(Rule.M1, Rule.M1_SHOULD);
    assertThat(MultivariantRules.peak(WHERE, variant, 1250, true)).isEmpty();
    assertThat(rules(MultivariantRules.peak(WHERE, variant, 1251, true)))
        .containsExactly(Rule.M1_PEAK);
    assertThat(rules(MultivariantRules.peak(WHERE, variant, 1150, false)))
        .containsExactly(Rule.M1_PEAK);
  }

  /** A playlist of two-second segments; "D" puts a discontinuity before one. */
  private static String playlist(int first, int discontinuities, String... segments) {
    StringBuilder text =
        new StringBuilder("#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n")
            .append("#EXT-X-MEDIA-SEQUENCE:")
            .append(first)
            .append("\n#EXT-X-DISCONTINUITY-SEQUENCE:")
            .append(discontinuities)
            .append("\n#EXT-X-MAP:URI=\"init.mp4\"\n");
    for (int i = 0; i < segments.length; i++) {
      text.append(segments[i].isEmpty() ? "" : "#EXT-X-DISCONTINUITY\n")
          .append("#EXTINF:2.000,\nseg")
          .append(first + i)
          .append(".m4s\n");
    }
    return text.toString();
  }

  private static List<Rule> update(String before, String after) {
    return rules(
        UpdateRules.check(
            WHERE, PlaylistReader.readMedia(before), PlaylistReader.readMedia(after)));
  }

  private static List<Rule> live(String body) {
    return rules(PlaylistRules.live(WHERE, PlaylistReader.readMedia(body)));
  }

  private static List<Rule> rules(List<Violation> violations) {
    return violations.stream().map(Violation::rule).toList();
  }
}
