package io.millrace.validator.dash;

import static io.millrace.validator.dash.LiveManifest.ADDRESS;
import static io.millrace.validator.dash.LiveManifest.at;
import static io.millrace.validator.dash.LiveManifest.behind;
import static io.millrace.validator.dash.LiveManifest.broken;
import static io.millrace.validator.dash.LiveManifest.ended;
import static io.millrace.validator.dash.LiveManifest.growing;
import static io.millrace.validator.dash.LiveManifest.pictures;
import static io.millrace.validator.dash.LiveManifest.read;
import static io.millrace.validator.dash.LiveManifest.rules;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every rule of two versions once kept and once broken. */
class ManifestUpdateRulesTest {
  // DASH A6
  @Test
  void aWindowThatMovesByTheRulesBreaksNone() {
    assertThat(update(at(0, 8), at(1, 9))).isEmpty();
    assertThat(update(pictures(0, 4), broken(0, 5, 7))).isEmpty();
    assertThat(update(broken(0, 5, 7), broken(2, 5, 9))).isEmpty();
    assertThat(update(broken(0, 5, 9), behind(5, 13))).isEmpty();
    assertThat(update(at(0, 8), ended(at(0, 9), 9))).isEmpty();
    assertThat(update(at(0, 8), at(0, 9).replace("CC1=und", "CC1=und;CC3=und"))).isEmpty();
  }

  // DASH A3
  @Test
  void aStartThatMovesAndATimeOfPublishingThatIsWrongAreNoticed() {
    assertThat(
            update(
                at(0, 8),
                at(0, 9).replace("Time=\"2026-11-23T10:00:00Z", "Time=\"2026-11-23T10:00:01Z")))
        .containsExactly(Rule.DASH_A3);
    assertThat(update(at(0, 8), at(0, 9).replace("T10:00:18Z", "T10:00:16Z")))
        .containsExactly(Rule.DASH_A3);
    assertThat(update(at(0, 8), at(0, 8).replace("T10:00:16Z", "T10:00:15Z")))
        .containsExactly(Rule.DASH_A3);
  }

  // DASH A3: lost time is no segment.
  @Test
  void aTimeOfPublishingMayGrowAlone() {
    assertThat(update(at(0, 8), at(0, 8).replace("T10:00:16Z", "T10:00:17Z"))).isEmpty();
  }

  // DASH A4
  @Test
  void anotherLongestSegmentIsNoticed() {
    assertThat(update(at(0, 8), at(0, 9).replace("PT2.5S", "PT3.5S")))
        .containsExactly(Rule.DASH_A4);
  }

  // DASH A6
  @Test
  void whatIsNotAppendedOrRemovedFromTheFrontIsNoticed() {
    assertThat(update(at(0, 8), at(0, 7).replace("T10:00:14Z", "T10:00:18Z")))
        .containsExactly(Rule.DASH_A6);
    assertThat(update(at(2, 8), at(0, 9))).containsExactly(Rule.DASH_A6);
    assertThat(update(at(0, 8), at(0, 9).replace("<S t=\"0\" d=\"48\"", "<S t=\"0\" d=\"47\"")))
        .containsExactly(Rule.DASH_A6);
    assertThat(update(at(0, 8), at(0, 9).replace("mp4a.40.2", "mp4a.40.5")))
        .containsExactly(Rule.DASH_A6);
    assertThat(update(at(0, 8), at(0, 9).replace("audio/$Num", "other/$Num")))
        .containsExactly(Rule.DASH_A6);
    assertThat(update(at(0, 8), pictures(0, 9))).containsExactly(Rule.DASH_A6);
    assertThat(update(broken(0, 5, 7), pictures(0, 8))).contains(Rule.DASH_A6);
    assertThat(update(broken(0, 5, 7), broken(0, 6, 8).replace("id=\"6\"", "id=\"5\"")))
        .contains(Rule.DASH_A6);
  }

  // DASH L1, A6
  @Test
  void whatGrowsMayLastLongerOrShorterThanWasExpected() {
    String before = growing(0, 8, 48);
    assertThat(rules(ManifestRules.check(ADDRESS.toString(), read(before)))).isEmpty();
    assertThat(
            update(
                before,
                pictures(0, 8)
                    .replace(S_8, GROWN)
                    .replace("T10:00:16Z", "T10:00:17Z")
                    .replace("startNumber", "availabilityTimeOffset=\"1.5\" startNumber")))
        .isEmpty();
    assertThat(update(before, growing(0, 9, 48).replace("T10:00:18Z", "T10:00:17Z"))).isEmpty();
    assertThat(update(before, growing(0, 9, 48).replace("=\"1.5\"", "=\"1.0\"")))
        .containsExactly(Rule.DASH_A6);
    String without = before.replaceFirst("<Latency[^>]*>", "");
    assertThat(rules(ManifestRules.check(ADDRESS.toString(), read(without))))
        .containsExactly(Rule.DASH_L1);
  }

  private static final String S_8 = "<S t=\"0\" d=\"48\" r=\"7\"/>";
  private static final String GROWN = "<S t=\"0\" d=\"48\" r=\"6\"/><S d=\"40\"/>";

  // DASH A6
  @Test
  void aStaticOneThatChangesIsNoticed() {
    assertThat(update(ended(at(0, 8), 8), ended(at(0, 9), 9))).contains(Rule.DASH_A6);
    assertThat(update(ended(at(0, 8), 8), at(0, 8))).contains(Rule.DASH_A6);
  }

  // DASH P1, P4, R4
  @Test
  void whatMovesOrComesOrGoesWithinAPeriodIsNoticed() {
    assertThat(update(at(0, 8), at(0, 9).replace("start=\"PT0S\"", "start=\"PT1S\"")))
        .containsExactly(Rule.DASH_P1);
    assertThat(update(pictures(0, 8), at(0, 9))).containsExactly(Rule.DASH_P4);
    assertThat(update(at(0, 8), at(0, 9).replaceFirst("<Accessibility[^>]*>\n", "")))
        .containsExactly(Rule.DASH_R4);
  }

  private static List<Rule> update(String before, String now) {
    return rules(ManifestUpdateRules.check(ADDRESS.toString(), read(before), read(now)));
  }
}
