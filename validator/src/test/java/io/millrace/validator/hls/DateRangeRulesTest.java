package io.millrace.validator.hls;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;

/** S1 to S3, kept and broken. */
class DateRangeRulesTest {
  /** The shortest splice_info_section: a null command without descriptors. */
  private static final String SECTION = "0xFC301100000000000000FFFFFF0000004F253396";

  /** The list starts at 10:00:04 and ends at 10:00:20, with half a second of 10:00:20. */
  private static final String LIST = LiveList.at(41);

  @Test
  void wellFormedRangesBreakNoRule() {
    assertThat(live("ID=\"a\",START-DATE=\"2026-11-23T10:00:05.5Z\"")).isEmpty();
    assertThat(
            live(
                "ID=\"a\",START-DATE=\"2026-11-23T10:00:05Z\",DURATION=2.5,END-DATE=\"2026-11-23T10:00:07.5Z\""))
        .isEmpty();
    assertThat(
            live(
                "ID=\"a\",CLASS=\"c\",START-DATE=\"2026-11-23T10:00:05Z\",END-ON-NEXT=YES,CUE=PRE"))
        .isEmpty();
    assertThat(live(out("ad", "10:00:08"), "ID=\"ad\",SCTE35-IN=" + SECTION + ",DURATION=4.0"))
        .isEmpty();
  }

  /** HLS S1. */
  @Test
  void s1WantsDatesAndWellFormedAttributes() {
    String range = "ID=\"a\",START-DATE=\"2026-11-23T10:00:05Z\"";
    String undated = LIST.replaceAll("(?m)^#EXT-X-PROGRAM-DATE-TIME.*\n", "");
    assertThat(rules(undated + "#EXT-X-DATERANGE:" + range + "\n")).contains(Rule.S1);
    assertThat(live("ID=\"a\"")).containsExactly(Rule.S1);
    assertThat(live("ID=\"a\",START-DATE=\"today\"")).containsExactly(Rule.S1);
    assertThat(live(range + ",DURATION=-1")).containsExactly(Rule.S1);
    assertThat(live(range + ",PLANNED-DURATION=long")).containsExactly(Rule.S1);
    assertThat(live(range + ",END-DATE=\"2026-11-23T10:00:04Z\"")).containsExactly(Rule.S1);
    assertThat(live(range + ",DURATION=2,END-DATE=\"2026-11-23T10:00:08Z\""))
        .containsExactly(Rule.S1);
    assertThat(live(range + ",END-ON-NEXT=YES")).containsExactly(Rule.S1);
    assertThat(live(range + ",END-ON-NEXT=NO")).containsExactly(Rule.S1);
    assertThat(live(range + ",CLASS=\"c\",END-ON-NEXT=YES,DURATION=1")).containsExactly(Rule.S1);
    assertThat(live(range + ",CUE=\"PRE,POST\"")).containsExactly(Rule.S1);
  }

  /** HLS S1. */
  @Test
  void s1LetsTagsOfOneIdAddButNotChange() {
    String range = "ID=\"a\",START-DATE=\"2026-11-23T10:00:05Z\"";
    assertThat(live(range, "ID=\"a\",DURATION=2")).isEmpty();
    assertThat(live(range, "ID=\"a\",START-DATE=\"2026-11-23T10:00:06Z\""))
        .containsExactly(Rule.S1);
  }

  /** HLS S1. */
  @Test
  void s1WantsNoOverlapWithARangeThatEndsOnTheNext() {
    String open = "ID=\"b\",CLASS=\"c\",START-DATE=\"2026-11-23T10:00:08Z\",END-ON-NEXT=YES";
    String other = "ID=\"a\",CLASS=\"c\",START-DATE=\"2026-11-23T10:00:06Z\",DURATION=";
    assertThat(live(other + "2", open)).isEmpty();
    assertThat(live(other + "3", open)).containsExactly(Rule.S1);
  }

  /** HLS S2. */
  @Test
  void s2WantsTheWholeSectionAndADurationInTheEnd() {
    assertThat(live(out("ad", "10:00:08"))).isEmpty();
    assertThat(live(out("ad", "10:00:08").replace("0xFC", "0xFD"))).containsExactly(Rule.S2);
    assertThat(live(out("ad", "10:00:08").replace("253396", "2533"))).containsExactly(Rule.S2);
    assertThat(live(out("ad", "10:00:08").replace(SECTION, "\"c3BsaWNl\"")))
        .containsExactly(Rule.S2);
    assertThat(live(out("ad", "10:00:08"), "ID=\"ad\",SCTE35-IN=" + SECTION))
        .containsExactly(Rule.S2);
    assertThat(live("ID=\"x\",START-DATE=\"2026-11-23T10:00:08Z\",DURATION=1,SCTE35-IN=" + SECTION))
        .containsExactly(Rule.S2);
  }

  /** HLS S3. */
  @Test
  void s3WantsSegmentsCutAtTheSplice() {
    assertThat(live(out("ad", "10:00:09"))).containsExactly(Rule.S3);
    assertThat(live(out("ad", "10:00:08.04"))).as("a frame late").isEmpty();
    assertThat(live(out("ad", "10:00:31"))).as("to come").isEmpty();
    assertThat(live(out("ad", "10:00:08"), "ID=\"ad\",SCTE35-IN=" + SECTION + ",DURATION=3.0"))
        .containsExactly(Rule.S3);
  }

  /** HLS S1. */
  @Test
  void s1WantsRangesToStayAsTheyAreWhileTheyAreOn() {
    String range = "ID=\"a\",START-DATE=\"2026-11-23T10:00:05Z\",DURATION=4.0";
    assertThat(update(range, range)).isEmpty();
    assertThat(update(range, range + ",X-NEW=\"1\"")).isEmpty();
    assertThat(update(range, range.replace("4.0", "5.0"))).containsExactly(Rule.S1);
    assertThat(update(range, range.replace(",DURATION=4.0", ""))).containsExactly(Rule.S1);
    assertThat(update(range, "")).containsExactly(Rule.S1);
    assertThat(update("ID=\"a\",START-DATE=\"2026-11-23T10:00:05Z\"", "")).containsExactly(Rule.S1);
    assertThat(update("ID=\"a\",START-DATE=\"2026-11-23T10:00:01Z\",DURATION=3", ""))
        .as("its segments are gone")
        .isEmpty();
    assertThat(update(out("a", "10:00:40"), "")).as("a splice that was cancelled").isEmpty();
  }

  /** HLS S2. */
  @Test
  void s2WantsASpliceAnnouncedWithTheSegmentBeforeIt() {
    assertThat(update("", out("ad", "10:00:22"))).isEmpty();
    assertThat(update("", out("ad", "10:00:20"))).containsExactly(Rule.S2_SHOULD);
    assertThat(update("", out("ad", "10:00:18"))).containsExactly(Rule.S2_SHOULD);
  }

  private static String out(String id, String time) {
    return "ID=\"%s\",START-DATE=\"2026-11-23T%sZ\",PLANNED-DURATION=4,SCTE35-OUT=%s"
        .formatted(id, time, SECTION);
  }

  private static String with(String list, String... ranges) {
    StringBuilder text = new StringBuilder(list);
    for (String range : ranges) {
      text.append(range.isEmpty() ? "" : "#EXT-X-DATERANGE:" + range + "\n");
    }
    return text.toString();
  }

  private static List<Rule> live(String... ranges) {
    return rules(with(LIST, ranges));
  }

  private static List<Rule> rules(String list) {
    return PlaylistRules.live("http://host/a.m3u8", PlaylistReader.readMedia(list)).stream()
        .map(Violation::rule)
        .toList();
  }

  private static List<Rule> update(String before, String after) {
    return UpdateRules.check(
            "http://host/a.m3u8",
            PlaylistReader.readMedia(with(LIST, before)),
            PlaylistReader.readMedia(with(LiveList.at(42), after)))
        .stream()
        .map(Violation::rule)
        .toList();
  }
}
