package io.millrace.validator.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.LiveList;
import io.millrace.validator.hls.PlaylistReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** S1 over two playlists with a target duration of two seconds. */
class DateRangeSetsTest {
  private static final String RANGE =
      "#EXT-X-DATERANGE:ID=\"x\",START-DATE=\"2026-11-23T11:00:00Z\"\n";
  private static final String OTHER = RANGE.replace("\"x\"", "\"y\"");

  private final DateRangeSets sets = new DateRangeSets();

  /** HLS S1. */
  @Test
  void s1NoticesARangeThatStaysAway() {
    assertThat(at(0, RANGE, RANGE)).isEmpty();
    assertThat(at(1, RANGE + OTHER, RANGE)).isEmpty();
    assertThat(at(4.9, RANGE + OTHER, RANGE)).as("it may be behind").isEmpty();
    assertThat(at(5.1, RANGE + OTHER, RANGE)).containsExactly(Rule.S1);
  }

  /** HLS S1. */
  @Test
  void s1NoticesOtherAttributes() {
    String longer = RANGE.replace("Z\"", "Z\",DURATION=4");
    assertThat(at(0, RANGE, longer)).isEmpty();
    assertThat(at(5, RANGE, longer)).containsExactly(Rule.S1);
  }

  @Test
  void whoCatchesUpOrHasNoRangesIsNotJudged() {
    assertThat(at(0, RANGE + OTHER, RANGE)).isEmpty();
    assertThat(at(3, RANGE + OTHER, RANGE + OTHER)).isEmpty();
    assertThat(at(5, RANGE, RANGE + OTHER)).isEmpty();
    assertThat(at(20, RANGE, "")).isEmpty();
    assertThat(at(40, RANGE, "")).isEmpty();
  }

  private List<Rule> at(double seconds, String one, String other) {
    return sets
        .compare(
            Map.of(
                "a",
                PlaylistReader.readMedia(LiveList.at(42) + one),
                "b",
                PlaylistReader.readMedia(LiveList.at(42) + other)),
            (long) (seconds * 1e9))
        .stream()
        .map(Violation::rule)
        .toList();
  }
}
