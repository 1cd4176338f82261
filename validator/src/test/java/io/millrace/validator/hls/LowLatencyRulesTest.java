package io.millrace.validator.hls;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each rule for one version of a low-latency playlist, kept and broken. */
class LowLatencyRulesTest {
  private static final String WHERE = "http://host/index.m3u8";
  private static final String GOOD = LiveList.at(42);

  @Test
  void aGoodListBreaksNoRule() {
    for (int parts = 1; parts < 60; parts++) {
      assertThat(live(LiveList.at(parts))).as("after %d parts", parts).isEmpty();
    }
    assertThat(PlaylistReader.readMedia(GOOD).edge()).isEqualTo(new EdgePosition(10, 1));
  }

  /** HLS L1. */
  @Test
  void l1WantsAPartTargetAndHoldBacksThatAreLongEnough() {
    assertThat(live(without(GOOD, "#EXT-X-PART-INF"))).containsExactly(Rule.L1);
    assertThat(live(GOOD.replace(",PART-HOLD-BACK=1.5", ""))).containsExactly(Rule.L1);
    assertThat(live(GOOD.replace("PART-HOLD-BACK=1.5", "PART-HOLD-BACK=0.99")))
        .containsExactly(Rule.L1);
    assertThat(live(GOOD.replace("HOLD-BACK=6.0", "HOLD-BACK=5.9"))).containsExactly(Rule.L1);
  }

  /** HLS L28: the IETF text asks for twice and recommends three times. */
  @Test
  void l28WantsThreePartTargets() {
    assertThat(live(GOOD.replace("PART-HOLD-BACK=1.5", "PART-HOLD-BACK=1.0")))
        .containsExactly(Rule.L28);
  }

  /** HLS L3. */
  @Test
  void l3LimitsThePartsAndAllowsShortOnesWhereSomethingEnds() {
    assertThat(live(part(9, 1, "0.501"))).containsExactly(Rule.L3);
    String two = part(9, 1, "0.250").replaceFirst("0.500,URI=\"9.2", "0.250,URI=\"9.2");
    assertThat(live(two)).as("both would have been one").containsExactly(Rule.L3);
    assertThat(live(part(9, 1, "0.250"))).as("its media tells").isEmpty();
    assertThat(live(two.replace("\"9.1.m4s\"", "\"9.1.m4s\",INDEPENDENT=YES"))).isEmpty();
    assertThat(live(two.replace("\"9.1.m4s\"", "\"9.1.m4s\",GAP=YES"))).isEmpty();
    assertThat(live(two.replace("\"9.2.m4s\"", "\"9.2.m4s\",GAP=YES"))).isEmpty();
    String last = part(9, 3, "0.1").replaceFirst("0.500,URI=\"9.2", "0.470,URI=\"9.2");
    assertThat(live(last)).as("last").isEmpty();
    assertThat(live(part(10, 1, "0.1"))).as("last so far").isEmpty();
  }

  /** HLS L7. */
  @Test
  void l7AddsThePartsUpAndKnowsThatTheOldestMayHaveLostSome() {
    assertThat(live(roomy(part(7, 3, "0.4")))).as("the oldest with parts").isEmpty();
    assertThat(live(GOOD.replace("#EXTINF:2.000,\n7.m4s", "#EXTINF:1.900,\n7.m4s")))
        .containsExactly(Rule.D6, Rule.L7);
    assertThat(live(roomy(part(8, 3, "0.4")))).containsExactly(Rule.L7);
    assertThat(live(part(8, 3, "0.4"))).as("one may have a longer frame").isEmpty();
    assertThat(live(roomy(part(8, 3, "0.4985")))).as("written to three digits").isEmpty();
  }

  /** With parts that are shorter than they may be. */
  private static String roomy(String list) {
    return list.replace("PART-TARGET=0.5\n", "PART-TARGET=0.52\n")
        .replace("PART-HOLD-BACK=1.5", "PART-HOLD-BACK=1.56");
  }

  /** HLS L8. */
  @Test
  void l8WantsTheTagsOfASegmentBeforeItsFirstPart() {
    String part = "URI=\"9.1.m4s\"\n";
    assertThat(live(GOOD.replace(part, part + "#EXT-X-DISCONTINUITY\n"))).contains(Rule.L8);
    assertThat(live(GOOD.replace(part, part + "#EXT-X-MAP:URI=\"init.mp4\"\n")))
        .containsExactly(Rule.L8);
    assertThat(live(GOOD.replace(part, part + "#EXT-X-KEY:METHOD=NONE\n")))
        .containsExactly(Rule.L8);
    String open = "URI=\"10.1.m4s\"\n";
    assertThat(live(GOOD.replace(open, open + "#EXT-X-MAP:URI=\"init.mp4\"\n")))
        .containsExactly(Rule.L8);
  }

  /** HLS L9. */
  @Test
  void l9LooksForPartsThatStayTooLong() {
    String old = "#EXTINF:2.000,\n5.m4s";
    assertThat(live(GOOD.replace(old, "#EXT-X-PART:DURATION=0.5,URI=\"5.3.m4s\"\n" + old)))
        .containsExactly(Rule.L9_SHOULD);
    String listed = "#EXTINF:2.000,\n6.m4s";
    assertThat(live(GOOD.replace(listed, "#EXT-X-PART:DURATION=0.5,URI=\"6.3.m4s\"\n" + listed)))
        .isEmpty();
  }

  /** HLS L10, L27. */
  @Test
  void l10AndL27WantOneHintOfThePartThatComes() {
    assertThat(live(without(GOOD, "#EXT-X-PRELOAD-HINT"))).containsExactly(Rule.L27);
    assertThat(live(without(GOOD, "#EXT-X-PRELOAD-HINT") + "#EXT-X-ENDLIST\n"))
        .doesNotContain(Rule.L27);
    assertThat(live(GOOD + "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"10.3.m4s\"\n"))
        .containsExactly(Rule.L10_SHOULD);
    assertThat(live(GOOD + "#EXT-X-PRELOAD-HINT:TYPE=MAP,URI=\"init-2.mp4\"\n")).isEmpty();
  }

  /** HLS L12. */
  @Test
  void l12WantsTheStartOfAHintedByteRange() {
    String ranged =
        GOOD.replace("URI=\"10.0.m4s\"", "URI=\"10.m4s\",BYTERANGE=\"100@0\"")
            .replace("URI=\"10.1.m4s\"", "URI=\"10.m4s\",BYTERANGE=\"100\"")
            .replace("URI=\"10.2.m4s\"", "URI=\"10.m4s\",BYTERANGE-START=200");
    assertThat(live(ranged)).isEmpty();
    assertThat(PlaylistReader.readMedia(ranged).nextParts().getLast().range())
        .contains(new ByteRange(100, 100));
    assertThat(live(ranged.replace(",BYTERANGE-START=200", ""))).containsExactly(Rule.L12);
  }

  /** HLS L20. */
  @Test
  void l20WantsASkipBoundaryOfSixTargets() {
    assertThat(live(GOOD.replace("UNTIL=12.0", "UNTIL=11.9"))).containsExactly(Rule.L20);
    assertThat(live(GOOD.replace("CAN-SKIP-UNTIL=12.0,", ""))).containsExactly(Rule.L20);
  }

  /** HLS L23, L24. */
  @Test
  void l23AndL24LookAtAddresses() {
    String report = "#EXT-X-RENDITION-REPORT:URI=\"%s\",LAST-MSN=10,LAST-PART=1\n";
    assertThat(live(GOOD + report.formatted("../low/index.m3u8"))).isEmpty();
    assertThat(live(GOOD + report.formatted("http://host/low/index.m3u8")))
        .containsExactly(Rule.L23);
    assertThat(live(GOOD + report.formatted("../low/index.m3u8?_HLS_msn=10")))
        .containsExactly(Rule.L24);
    assertThat(live(GOOD.replace("9.m4s\n", "9.m4s?token=a&_HLS_msn=10\n")))
        .containsExactly(Rule.L24);
  }

  /** HLS L29. */
  @Test
  void l29WantsSixSegmentsAndACountOfDiscontinuities() {
    String early = LiveList.at(18);
    assertThat(live(early)).as("nothing was removed yet").isEmpty();
    assertThat(live(early.replace("SEQUENCE:0\n#EXT-X-D", "SEQUENCE:3\n#EXT-X-D")))
        .contains(Rule.L29);
    String broken =
        GOOD.replace("#EXTINF:2.000,\n4.m4s", "#EXT-X-DISCONTINUITY\n#EXTINF:2,\n4.m4s");
    assertThat(live(broken)).isEmpty();
    assertThat(live(without(broken, "#EXT-X-DISCONTINUITY-SEQUENCE"))).containsExactly(Rule.L29);
  }

  /** HLS D5: appendix B.1 wants dates where there are parts. */
  @Test
  void d5WantsADateInALowLatencyPlaylist() {
    assertThat(live(without(GOOD, "#EXT-X-PROGRAM-DATE-TIME"))).containsExactly(Rule.D5);
  }

  /** HLS D7. */
  @Test
  void d7WantsTheSameServerControlEverywhere() {
    String other = GOOD.replace("PART-HOLD-BACK=1.5", "PART-HOLD-BACK=1.8");
    assertThat(presentation(GOOD, GOOD)).isEmpty();
    assertThat(presentation(GOOD, other)).containsExactly(Rule.D7);
  }

  /** A list in which one part lasts otherwise. */
  private static String part(int segment, int index, String seconds) {
    String uri = ",URI=\"" + LiveList.part(segment, index);
    return GOOD.replace("0.500" + uri, seconds + uri);
  }

  private static String without(String list, String tag) {
    return list.replaceAll("(?m)^" + tag + ".*\n", "");
  }

  private static List<Rule> live(String body) {
    return PlaylistRules.live(WHERE, PlaylistReader.readMedia(body)).stream()
        .map(Violation::rule)
        .toList();
  }

  private static List<Rule> presentation(String one, String other) {
    return PresentationRules.check(
            Map.of("a", PlaylistReader.readMedia(one), "b", PlaylistReader.readMedia(other)))
        .stream()
        .map(Violation::rule)
        .toList();
  }
}
