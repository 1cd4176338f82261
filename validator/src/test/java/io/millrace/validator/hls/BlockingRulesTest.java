package io.millrace.validator.hls;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;

/** L13, L14 and L18, kept and broken. */
class BlockingRulesTest {
  /** Segments up to 9, and two parts of 10. */
  private static final MediaPlaylist LIST = PlaylistReader.readMedia(LiveList.at(42));

  /** HLS L13. */
  @Test
  void l13WaitsForAWholeSegment() {
    assertThat(rules(EdgePosition.whole(9))).isEmpty();
    assertThat(rules(EdgePosition.whole(10))).containsExactly(Rule.L13);
  }

  /** HLS L14. */
  @Test
  void l14WaitsForAPartOrTheNextSegmentsFirst() {
    assertThat(rules(new EdgePosition(10, 1))).isEmpty();
    assertThat(rules(new EdgePosition(10, 2))).containsExactly(Rule.L14);
    assertThat(rules(new EdgePosition(9, 4))).as("part 0 of the next").isEmpty();
    assertThat(rules(new EdgePosition(9, 40))).as("part 0 of the next").isEmpty();
    assertThat(rules(new EdgePosition(0, 4))).as("long gone").isEmpty();
    MediaPlaylist whole = PlaylistReader.readMedia(LiveList.at(40));
    assertThat(new BlockingRules("a", new EdgePosition(9, 4)).listed(whole))
        .extracting(Violation::rule)
        .containsExactly(Rule.L14);
  }

  /** HLS L19. */
  @Test
  void anythingGoesWhenTheListHasEnded() {
    MediaPlaylist ended = PlaylistReader.readMedia(LiveList.at(42) + "#EXT-X-ENDLIST\n");
    assertThat(new BlockingRules("a", new EdgePosition(10, 7)).listed(ended)).isEmpty();
    assertThat(new BlockingRules("a", EdgePosition.whole(10)).listed(ended)).isEmpty();
  }

  /** HLS L18. */
  @Test
  void l18WantsAServiceUnavailableAfterThreeTargets() {
    BlockingRules rules = new BlockingRules("a", new EdgePosition(10, 2));
    assertThat(rules.refused(503, 6.1, 2)).isEmpty();
    assertThat(rules.refused(503, 0.1, 2)).as("it is not ready").isEmpty();
    assertThat(rules.refused(503, 3, 2)).extracting(Violation::rule).containsExactly(Rule.L18);
    assertThat(rules.held(7.9, 2)).isEmpty();
    assertThat(rules.held(8.1, 2)).extracting(Violation::rule).containsExactly(Rule.L18);
  }

  @Test
  void whatComesNextIsNeverRefused() {
    assertThat(new BlockingRules("a", new EdgePosition(10, 2)).refused(400, 0, 2))
        .extracting(Violation::rule)
        .containsExactly(Rule.L14);
    assertThat(new BlockingRules("a", EdgePosition.whole(10)).refused(404, 0, 2))
        .extracting(Violation::rule)
        .containsExactly(Rule.L13);
  }

  private static List<Rule> rules(EdgePosition awaited) {
    return new BlockingRules("a", awaited).listed(LIST).stream().map(Violation::rule).toList();
  }
}
