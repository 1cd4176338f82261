package io.millrace.validator.dash;

import static io.millrace.validator.dash.LiveManifest.ADDRESS;
import static io.millrace.validator.dash.LiveManifest.at;
import static io.millrace.validator.dash.LiveManifest.broken;
import static io.millrace.validator.dash.LiveManifest.ended;
import static io.millrace.validator.dash.LiveManifest.read;
import static io.millrace.validator.dash.LiveManifest.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.millrace.validator.Rule;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule of one version once kept and once broken. */
class ManifestRulesTest {
  private static final String WHERE = ADDRESS.toString();

  @Test
  void manifestsThatKeepTheRulesBreakNone() {
    assertThat(check(at(0, 1))).isEmpty();
    assertThat(check(at(0, 8))).isEmpty();
    assertThat(check(at(5, 13))).isEmpty();
    assertThat(check(broken(0, 5, 9))).isEmpty();
    assertThat(check(ended(at(0, 8), 8))).isEmpty();
    assertThat(ManifestRules.type(WHERE, "application/dash+xml; charset=utf-8")).isEmpty();
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        arguments(Rule.DASH_A1, " profiles=\"urn:mpeg:dash:profile:isoff-live:2011\"", ""),
        arguments(Rule.DASH_A1, " minBufferTime=\"PT2S\"", ""),
        arguments(Rule.DASH_A2, "availabilityStartTime=\"2026-11-23T10:00:00Z\"", ""),
        arguments(Rule.DASH_A2, " publishTime=\"2026-11-23T10:00:16Z\"", ""),
        arguments(Rule.DASH_A2, "type=\"dynamic\"", "type=\"static\""),
        arguments(Rule.DASH_A4, "maxSegmentDuration=\"PT2.5S\"", "maxSegmentDuration=\"PT1.9S\""),
        arguments(Rule.DASH_A5, "<UTCTiming", "<Other"),
        arguments(Rule.DASH_P1, "<Period id=\"0\"", "<Period"),
        arguments(
            Rule.DASH_P2,
            "startNumber=\"0\"\ninitialization=\"audio",
            "startNumber=\"1\"\ninitialization=\"audio"),
        arguments(Rule.DASH_P3, "d=\"48\" r=\"7\"/>", "d=\"48\"/><S t=\"96\" d=\"48\"/>"),
        arguments(Rule.DASH_P4, "<S t=\"0\" d=\"48\" r=\"7\"/>", ""),
        arguments(Rule.DASH_S1, "$Number$", "one"),
        arguments(Rule.DASH_S1_SHOULD, "$Number$", "$Time$"),
        arguments(Rule.DASH_S2, "d=\"48\" r=\"7\"/>", "d=\"48\"/><S t=\"46\" d=\"48\"/>"),
        arguments(Rule.DASH_S5, "timeShiftBufferDepth=\"PT16S\"", "timeShiftBufferDepth=\"PT20S\""),
        arguments(Rule.DASH_S5, "timeShiftBufferDepth=\"PT16S\"", "timeShiftBufferDepth=\"PT5S\""),
        arguments(Rule.DASH_R2, " bandwidth=\"9000\"", ""),
        arguments(Rule.DASH_R3, "id=\"101\"", "id=\"1\""),
        arguments(Rule.DASH_R3, "id=\"audio\"", "id=\"video\""),
        arguments(Rule.DASH_R4, "CC1=und", "CC1=und;CC9=und"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aBrokenRuleIsNoticed(Rule rule, String right, String wrong) {
    String text = at(0, 8);
    String changed = text.replace(right, wrong);
    assertThat(changed).isNotEqualTo(text);
    assertThat(check(changed)).contains(rule);
  }

  // DASH A1
  @Test
  void anotherTypeIsNoticed() {
    assertThat(rules(ManifestRules.type(WHERE, "text/xml"))).containsExactly(Rule.DASH_A1);
  }

  // DASH A2
  @Test
  void anEndedOneWithoutItsDurationIsNoticed() {
    String text = ended(at(0, 8), 8).replaceFirst("mediaPresentationDuration=\"[^\"]*\"", "");
    assertThat(check(text)).containsExactly(Rule.DASH_A2);
  }

  // DASH P5
  @Test
  void periodsThatOverlapOrAreOutOfOrderAreNoticed() {
    String text = broken(0, 5, 9);
    assertThat(check(text.replace("start=\"PT10S\"", "start=\"PT6.9S\""))).contains(Rule.DASH_P5);
    assertThat(check(text.replace("start=\"PT10S\"", "start=\"PT7.1S\"")))
        .doesNotContain(Rule.DASH_P5);
    assertThat(check(text.replace("start=\"PT0S\"", "start=\"PT20S\""))).contains(Rule.DASH_P5);
  }

  // DASH P1, R3
  @Test
  void aPeriodOrATrackWithTheNameOfAnotherIsNoticed() {
    String text = broken(0, 5, 9);
    assertThat(check(text.replace("Period id=\"5\"", "Period id=\"0\"")))
        .containsExactly(Rule.DASH_P1);
    int second = text.indexOf("<Period id=\"5\"");
    String renamed =
        text.substring(0, second)
            + text.substring(second).replace("AdaptationSet id=\"1\"", "AdaptationSet id=\"2\"");
    assertThat(check(renamed)).containsExactly(Rule.DASH_R3);
  }

  // DASH H2
  @Test
  void anAddressWithoutTheTokenIsNoticed() {
    URI asked = URI.create(ADDRESS + "?token=secret");
    Manifest without = read(at(0, 8));
    Manifest with =
        read(
            at(0, 8).replace(".mp4\"", ".mp4?token=secret\"").replace(".m4s", ".m4s?token=secret"));
    assertThat(rules(ManifestRules.tokens(asked, without))).containsExactly(Rule.DASH_H2);
    assertThat(ManifestRules.tokens(asked, with)).isEmpty();
    assertThat(ManifestRules.tokens(ADDRESS, without)).isEmpty();
  }

  private static List<Rule> check(String text) {
    return rules(ManifestRules.check(WHERE, read(text)));
  }
}
