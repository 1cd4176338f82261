package io.millrace.validator.hls;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;

/** L20 to L22 and B12, kept and broken. */
class DeltaUpdateTest {
  private static final String FULL = LiveList.at(42);
  private static final String DELTA = LiveList.at(42, "YES");
  private static final String RANGE =
      "#EXT-X-DATERANGE:ID=\"a\",START-DATE=\"2026-11-23T10:00:05Z\"\n";

  @Test
  void goodUpdatesBreakNoRule() {
    for (int parts = 1; parts < 60; parts++) {
      for (String directive : List.of("YES", "v2")) {
        assertThat(rules(LiveList.at(parts), LiveList.at(parts, directive), directive))
            .as("%s after %d parts", directive, parts)
            .isEmpty();
      }
    }
  }

  /** HLS L20: what a client puts together is the full list. */
  @Test
  void l20MergingWithAnOlderListGivesTheFullOne() {
    MediaPlaylist before = PlaylistReader.readMedia(LiveList.at(38));
    MediaPlaylist delta = PlaylistReader.readMedia(DELTA);
    List<Segment> merged = DeltaUpdate.merged(before, delta);
    assertThat(merged.stream().map(Segment::withoutParts))
        .isEqualTo(
            PlaylistReader.readMedia(FULL).segments().stream().map(Segment::withoutParts).toList());
    assertThat(DeltaUpdate.merged(PlaylistReader.readMedia(LiveList.at(3)), delta)).isEmpty();
  }

  /** HLS L20. */
  @Test
  void l20NoticesAnUpdateThatSkipsTooMuchTooLittleOrNothing() {
    assertThat(rules(FULL, FULL, "YES")).containsExactly(Rule.L20);
    assertThat(rules(LiveList.at(20), LiveList.at(20), "YES")).as("nothing is old").isEmpty();
    String more = DELTA.replace("SEGMENTS=2", "SEGMENTS=3").replace("#EXTINF:2.000,\n4.m4s\n", "");
    assertThat(rules(FULL, more, "YES")).contains(Rule.L20);
    assertThat(rules(FULL, DELTA.replace("SEGMENTS=2", "SEGMENTS=1"), "YES")).contains(Rule.L20);
    assertThat(rules(FULL, DELTA.replace("SEGMENTS=2", "SEGMENTS=3"), "YES")).contains(Rule.L20);
  }

  /** HLS L21. */
  @Test
  void l21NoticesV2WithoutAnAnswerToIt() {
    assertThat(rules(FULL, FULL, "v2")).containsExactly(Rule.L21);
    assertThat(rules(FULL, DELTA, "v2")).containsExactly(Rule.L21);
    String plain = FULL.replace("CAN-SKIP-DATERANGES=YES,", "");
    assertThat(rules(plain, DELTA.replace("CAN-SKIP-DATERANGES=YES,", ""), "v2"))
        .as("date ranges are not skipped by this server")
        .isEmpty();
  }

  /** HLS L22. */
  @Test
  void l22NoticesTagsThatAreLostOrChanged() {
    for (String tag : List.of("#EXT-X-PART-INF", "#EXT-X-DISCONTINUITY-SEQUENCE")) {
      assertThat(rules(FULL, DELTA.replaceAll("(?m)^" + tag + ".*\n", ""), "YES"))
          .as(tag)
          .contains(Rule.L22);
    }
    assertThat(rules(FULL, DELTA.replace("10:00:12Z", "10:00:13Z"), "YES"))
        .containsExactly(Rule.L22);
    assertThat(rules(FULL, DELTA.replace("0.500,URI=\"9.1", "0.499,URI=\"9.1"), "YES"))
        .containsExactly(Rule.L22);
    assertThat(rules(FULL, DELTA.replace("0.500,URI=\"10.1", "0.499,URI=\"10.1"), "YES"))
        .containsExactly(Rule.L22);
    assertThat(rules(FULL, DELTA.replace("\"10.2.m4s\"", "\"10.3.m4s\""), "YES"))
        .containsExactly(Rule.L22);
    assertThat(rules(FULL + RANGE, DELTA, "YES")).containsExactly(Rule.L22);
    assertThat(rules(FULL + RANGE, LiveList.at(42, "v2"), "v2")).as("it is old").isEmpty();
    assertThat(rules(FULL, LiveList.at(42, "v2") + RANGE, "v2")).containsExactly(Rule.L22);
  }

  /** HLS L22: what was in force is so still (Apple's own examples leave it out). */
  @Test
  void l22OnlyWarnsOfAnInitSectionThatIsNotRepeated() {
    assertThat(rules(FULL, DELTA.replaceAll("(?m)^#EXT-X-MAP.*\n", ""), "YES"))
        .containsExactly(Rule.L22_MAP);
    assertThat(rules(FULL, DELTA.replace("init.mp4", "other.mp4"), "YES")).contains(Rule.L22);
  }

  /** HLS B12. */
  @Test
  void b12WantsTheVersionOfSkip() {
    assertThat(rules(FULL, DELTA.replace("VERSION:9", "VERSION:8"), "YES"))
        .containsExactly(Rule.B12);
    assertThat(rules(FULL, LiveList.at(42, "v2").replace("VERSION:10", "VERSION:9"), "v2"))
        .containsExactly(Rule.B12);
  }

  private static List<Rule> rules(String full, String delta, String directive) {
    return DeltaUpdate.check(
            "http://host/a.m3u8",
            PlaylistReader.readMedia(full),
            PlaylistReader.readMedia(delta),
            directive.equals("v2"))
        .stream()
        .map(Violation::rule)
        .toList();
  }
}
