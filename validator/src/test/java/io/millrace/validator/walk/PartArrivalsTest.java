package io.millrace.validator.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.validator.Rule;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.LiveList;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** L6: parts of half a second, waited for. */
class PartArrivalsTest {
  private static final long MILLI = 1_000_000;

  /** Part 42 ends at 10:00:21.5. */
  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

  private final Pulse pulse = new Pulse();
  private final PartArrivals arrivals = new PartArrivals("a", pulse);

  /** HLS L6: half a second, and an eighth for the network. */
  @Test
  void l6NoticesAPartThatIsLateOnceAnotherHasCome() {
    assertThat(held(42, 0)).isEmpty();
    assertThat(held(43, 500)).isEmpty();
    assertThat(held(44, 1124)).isEmpty();
    assertThat(held(45, 1750)).isEmpty();
    assertThat(held(46, 2849)).containsExactly(Rule.L6_LATE);
    assertThat(held(47, 3950)).containsExactly(Rule.L6_LATE);
    assertThat(held(48, 4450)).containsExactly(Rule.L6_LATE);
    ValidationReport.LiveEdge edge = arrivals.measured().orElseThrow();
    assertThat(edge.parts()).isEqualTo(5);
    assertThat(edge.late()).isEqualTo(3);
    assertThat(edge.longestSeconds()).isEqualTo(1.101, within(0.0005));
  }

  /** HLS L6: what is more than twice as late is no jitter, and again and again it is the server. */
  @Test
  void l6IsBrokenByWhoListsTooLateAgainAndAgain() {
    List<Rule> found = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      found.addAll(held(42 + i, 1101L * i));
    }
    assertThat(found)
        .as("what comes last is not judged")
        .containsExactly(Rule.L6_LATE, Rule.L6_LATE, Rule.L6, Rule.L6);
  }

  /** HLS L6: as what an encoder or a busy machine holds up now and then. */
  @Test
  void oneTooLatePartInTenIsNoHabit() {
    List<Rule> found = new ArrayList<>();
    long at = 0;
    for (int i = 0; i < 62; i++) {
      at += i % 12 == 11 ? 1101 : 500;
      found.addAll(held(42 + i, at));
    }
    assertThat(found).hasSize(5).containsOnly(Rule.L6_LATE);
  }

  @Test
  void whatIsAskedForTooLateOrPolledIsNotJudged() {
    assertThat(held(42, 0)).isEmpty();
    assertThat(took(43, true, 600, 1900)).isEmpty();
    assertThat(took(44, false, 1900, 9000)).as("asked for when it was due already").isEmpty();
    assertThat(held(45, 20_000)).as("polled").isEmpty();
    assertThat(held(46, 21_200)).as("the one before was polled").isEmpty();
    assertThat(held(47, 21_700)).containsExactly(Rule.L6_LATE);
  }

  @Test
  void whatThisMachineWasLateIsTakenOff() {
    assertThat(held(42, 0)).isEmpty();
    pulse.stalled(600 * MILLI, 300 * MILLI);
    assertThat(held(43, 800)).isEmpty();
    assertThat(held(44, 1600)).as("nothing ran for some of it").isEmpty();
    assertThat(held(45, 2100)).as("the machine ran on").containsExactly(Rule.L6_LATE);
  }

  /** HLS L6: as B8, for whether the encoder comes back is not known until then. */
  @Test
  void theSilenceBeforeTheEndIsNone() {
    assertThat(held(42, 0)).isEmpty();
    assertThat(held(43, 5000)).isEmpty();
    MediaPlaylist ended = PlaylistReader.readMedia(LiveList.at(44) + "#EXT-X-ENDLIST\n");
    assertThat(arrivals.took(ended, true, 0, 9000 * MILLI, START)).isEmpty();
    assertThat(arrivals.measured()).isEmpty();
  }

  @Test
  void aVersionWithoutANewPartTellsNothing() {
    assertThat(held(43, 0)).isEmpty();
    assertThat(held(43, 900)).isEmpty();
    assertThat(held(44, 1200)).isEmpty();
    assertThat(held(45, 1700)).containsExactly(Rule.L6_LATE);
  }

  @Test
  void theLatencyIsFromTheDateToTheAnswer() {
    assertThat(held(42, 0)).isEmpty();
    held(43, 500);
    held(44, 1000);
    held(45, 1500);
    ValidationReport.LiveEdge edge = arrivals.measured().orElseThrow();
    assertThat(edge.medianLatencySeconds()).isEqualTo(0.25, within(0.001));
    assertThat(edge.worstLatencySeconds()).isEqualTo(0.25, within(0.001));
  }

  /** The request was there as soon as the part before had come. */
  private List<Rule> held(int parts, long millis) {
    return took(parts, true, 0, millis);
  }

  private List<Rule> took(int parts, boolean held, long sentMillis, long receivedMillis) {
    Instant received = START.plusMillis(parts * 500L + 250);
    return arrivals
        .took(
            PlaylistReader.readMedia(LiveList.at(parts)),
            held,
            sentMillis * MILLI,
            receivedMillis * MILLI,
            received)
        .stream()
        .map(Violation::rule)
        .toList();
  }
}
