package io.millrace.validator.hls;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Each rule for two versions of a low-latency playlist, kept and broken. */
class PartUpdateRulesTest {
  @Test
  void aListThatGrowsBreaksNoRule() {
    for (int parts = 1; parts < 60; parts++) {
      for (int later = parts; later < parts + 9; later++) {
        assertThat(update(parts, later, list -> list)).as("%d, then %d", parts, later).isEmpty();
      }
    }
  }

  /** HLS L2. */
  @Test
  void l2NoticesATargetAndAHoldBackThatChange() {
    assertThat(update(42, 43, list -> list.replace("TARGET=0.5", "TARGET=0.501")))
        .containsExactly(Rule.L2);
    assertThat(update(42, 43, list -> list.replace("PART-HOLD-BACK=1.5", "PART-HOLD-BACK=1.6")))
        .containsExactly(Rule.L2);
  }

  /** HLS B5. */
  @Test
  void b5NoticesServerControlThatChanges() {
    assertThat(update(42, 43, list -> list.replace("HOLD-BACK=6.0", "HOLD-BACK=7.0")))
        .containsExactly(Rule.B5);
  }

  /** HLS B5. */
  @Test
  void b5NoticesPartsThatChangeOrGoOutOfOrder() {
    assertThat(update(42, 43, list -> list.replace("0.500,URI=\"10.0", "0.400,URI=\"10.0")))
        .containsExactly(Rule.B5);
    assertThat(update(42, 45, list -> list.replace("0.500,URI=\"10.0", "0.400,URI=\"10.0")))
        .containsExactly(Rule.B5);
    assertThat(update(42, 43, list -> list.replaceAll("(?m)^#EXT-X-PART:.*\"10\\.1.*\n", "")))
        .containsExactly(Rule.B5);
    assertThat(update(42, 43, list -> list.replaceAll("(?m)^#EXT-X-PART:.*\"8\\..*\n", "")))
        .as("of segment 8, but not of segment 7")
        .containsExactly(Rule.B5);
    assertThat(update(42, 43, list -> list.replaceAll("(?m)^#EXT-X-PART:.*\"7\\.0.*\n", "")))
        .as("the oldest")
        .isEmpty();
  }

  /** HLS L9. */
  @Test
  void l9NoticesPartsThatGoTooEarly() {
    assertThat(update(42, 43, list -> list.replaceAll("(?m)^#EXT-X-PART:.*\"[78]\\..*\n", "")))
        .containsExactly(Rule.L9_SHOULD);
  }

  /** HLS L8: of the open segment and of the whole one. */
  @Test
  void l8NoticesASegmentWhoseTagsWereOthersWithItsParts() {
    String date = "#EXT-X-PROGRAM-DATE-TIME:2026-11-23T10:00:20Z\n";
    for (int later : List.of(43, 45)) {
      assertThat(update(42, later, list -> list.replace(date, date.replace(":20Z", ":20.001Z"))))
          .contains(Rule.L8);
      assertThat(update(42, later, list -> list.replace(date, date + "#EXT-X-DISCONTINUITY\n")))
          .containsExactly(Rule.L8);
      assertThat(update(42, later, list -> list.replace(date, date + "#EXT-X-KEY:METHOD=NONE\n")))
          .containsExactly(Rule.L8);
    }
  }

  /** HLS L10: an unforeseen break may change the plan. */
  @Test
  void l10NoticesAHintThatDidNotComeTrue() {
    UnaryOperator<String> renamed = list -> list.replace("10.2.m4s", "10.2-b.m4s");
    assertThat(update(42, 43, renamed)).containsExactly(Rule.L10);
    assertThat(update(42, 49, renamed)).containsExactly(Rule.L10);
    String next = "#EXT-X-PROGRAM-DATE-TIME:2026-11-23T10:00:22Z\n";
    UnaryOperator<String> first = list -> list.replace("11.0.m4s", "11.0-b.m4s");
    assertThat(update(44, 45, first)).containsExactly(Rule.L10);
    assertThat(
            update(
                44, 45, list -> first.apply(list).replace(next, next + "#EXT-X-DISCONTINUITY\n")))
        .isEmpty();
  }

  /** HLS L10: where the segment ended earlier than its parts were counted. */
  @Test
  void l10FollowsAHintIntoTheNextSegment() {
    String before = LiveList.at(42).replace("10.2.m4s", "11.0.m4s");
    String after = LiveList.at(45).replaceAll("(?m)^#EXT-X-PART:.*\"10\\.[23].*\n", "");
    assertThat(rules(before, after)).isEmpty();
    assertThat(rules(LiveList.at(42), after)).containsExactly(Rule.L10);
  }

  /** HLS L27. */
  @Test
  void l27NoticesAnInitSectionThatWasNotHinted() {
    String next = "#EXT-X-PROGRAM-DATE-TIME:2026-11-23T10:00:22Z\n";
    String changed =
        LiveList.at(45)
            .replace(next, next + "#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"init-2.mp4\"\n");
    assertThat(rules(LiveList.at(44), changed)).containsExactly(Rule.L27_MAP);
    assertThat(
            rules(LiveList.at(44) + "#EXT-X-PRELOAD-HINT:TYPE=MAP,URI=\"init-2.mp4\"\n", changed))
        .isEmpty();
  }

  private static List<Rule> update(int before, int after, UnaryOperator<String> change) {
    return rules(LiveList.at(before), change.apply(LiveList.at(after)));
  }

  private static List<Rule> rules(String before, String after) {
    return UpdateRules.check(
            "http://host/index.m3u8",
            PlaylistReader.readMedia(before),
            PlaylistReader.readMedia(after))
        .stream()
        .map(Violation::rule)
        .toList();
  }
}
