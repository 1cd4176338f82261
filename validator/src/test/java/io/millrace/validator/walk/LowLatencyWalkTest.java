package io.millrace.validator.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.Violation;
import io.millrace.validator.WalkOptions;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.walk.FakeLiveServer.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Follows a low-latency server; each test but the first has it break one rule. */
class LowLatencyWalkTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void aServerThatKeepsTheRulesIsFollowedPartByPartToItsEnd() throws IOException {
    try (FakeLiveServer server = new FakeLiveServer();
        HlsWalker walker = follow(server)) {
      await(() -> parts(walker) > 80 && walker.sawAll());
      server.end();
      await(walker::ended);
      ValidationReport report = walker.report();

      assertThat(found(report)).isEmpty();
      assertThat(report.failures()).isEmpty();
      assertThat(report.notes()).isEmpty();
      assertThat(report.edges())
          .hasSize(2)
          .allSatisfy(edge -> assertThat(edge.parts()).isGreaterThan(30))
          .allSatisfy(edge -> assertThat(edge.late()).isZero())
          .allSatisfy(edge -> assertThat(edge.longestSeconds()).isBetween(0.05, 0.6));
      // A version for each part, or it would have been polled.
      MediaPlaylistWalk first = walker.walks().getFirst();
      assertThat(first.versionCount()).isGreaterThan(30);
      assertThat(first.versions().stream().filter(list -> !list.ended()).map(MediaPlaylist::edge))
          .doesNotHaveDuplicates();
    }
  }

  /** HLS L10, L11, L13 to L17, L20, L21, L25, B13. */
  @ParameterizedTest
  @CsvSource({
    "ANSWERS_BEFORE_THE_PART, L14",
    "ANSWERS_BEFORE_THE_SEGMENT, L13",
    "REFUSES_OLD_SEGMENTS, L15",
    "REFUSES_WHAT_COMES_NEXT, L14",
    "HOLDS_WHAT_IS_FAR_AHEAD, L16",
    "TAKES_A_PART_ALONE, L17",
    "TAKES_NO_NUMBERS, L17_SHOULD",
    "KNOWS_EVERY_NAME, L11",
    "REFUSES_UNKNOWN_DIRECTIVES, L25",
    "REFUSES_HINTS, L10",
    "TRICKLES_HINTS, L10",
    "CUTS_HINTS, L10",
    "DROPS_HINTS, L10",
    "FORGETS_PARTS, L9",
    "SKIPS_NOTHING, L20",
    "SKIPS_NOTHING, L21"
  })
  void noticesAServerThat(Fault fault, Rule broken) throws IOException {
    try (FakeLiveServer server = new FakeLiveServer(fault);
        HlsWalker walker = follow(server)) {
      await(() -> found(walker.report()).contains(broken));
    }
  }

  /** HLS L10: the answer begins when the part is listed. */
  @Test
  void aWholePartOfABusyServerMayComeSlowly() throws IOException {
    try (FakeLiveServer server = new FakeLiveServer(Fault.IS_SLOW_WITH_HINTS);
        HlsWalker walker = follow(server)) {
      await(() -> parts(walker) > 40);
      assertThat(found(walker.report())).doesNotContain(Rule.L10);
    }
  }

  /** HLS L19. */
  @ParameterizedTest
  @CsvSource({"HOLDS_AT_THE_END", "SKIPS_AT_THE_END"})
  void l19NoticesAServerThat(Fault fault) throws IOException {
    try (FakeLiveServer server = new FakeLiveServer(fault);
        HlsWalker walker = follow(server)) {
      await(() -> parts(walker) > 4 && walker.sawAll());
      server.end();
      await(() -> found(walker.report()).contains(Rule.L19));
    }
  }

  /** HLS L19: what would have to be refused on air (L16, L17) is taken when the list has ended. */
  @ParameterizedTest
  @ValueSource(strings = {"_HLS_part=0", "_HLS_msn=abc", "_HLS_msn=-1"})
  void whatHasEndedMeanwhileTakesEveryDirective(String asked) throws IOException {
    try (FakeLiveServer server = new FakeLiveServer()) {
      server.endAt(asked);
      try (HlsWalker walker = follow(server)) {
        await(() -> walker.ended() && walker.sawAll());
        assertThat(found(walker.report())).isEmpty();
      }
    }
  }

  /** HLS L6: one late part may be the encoder's, or the machine's. */
  @Test
  void l6NoticesPartsThatAreLateAgainAndAgain() throws IOException {
    try (FakeLiveServer server = new FakeLiveServer();
        HlsWalker walker = follow(server)) {
      await(() -> parts(walker) > 10);
      assertThat(found(walker.report())).doesNotContain(Rule.L6);
      server.pause(Duration.ofMillis(1500));
      await(() -> found(walker.report()).contains(Rule.L6_LATE));
      assertThat(found(walker.report())).doesNotContain(Rule.L6);
      for (int times = 2; times <= 4; times++) {
        int known = late(walker);
        server.pause(Duration.ofMillis(1500));
        await(() -> late(walker) > known);
      }
      await(() -> found(walker.report()).contains(Rule.L6));
    }
  }

  /** HLS L7: the list names the parts of another segment. */
  @Test
  void l7NoticesPartsThatAreNotTheirSegment() throws IOException {
    try (FakeLiveServer server = new FakeLiveServer()) {
      server.change("a", list -> list.replaceAll("(?m)^(\\d+)\\.m4s$", "1$1.m4s"));
      try (HlsWalker walker = follow(server)) {
        await(() -> found(walker.report()).contains(Rule.L7));
      }
    }
  }

  /** HLS L22. */
  @Test
  void l22NoticesADeltaUpdateThatLosesADate() throws IOException {
    try (FakeLiveServer server = new FakeLiveServer()) {
      server.change(
          "a",
          list -> list.contains("EXT-X-SKIP") ? list.replaceFirst("#EXT-X-PROGRAM.*\n", "") : list);
      try (HlsWalker walker = follow(server)) {
        await(() -> found(walker.report()).contains(Rule.L22));
      }
    }
  }

  /** HLS L23. */
  @Test
  void l23NoticesAReportThatIsAheadOfTheTruth() throws IOException {
    try (FakeLiveServer server = new FakeLiveServer()) {
      server.change("a", list -> list.replaceAll("LAST-MSN=\\d+", "LAST-MSN=999"));
      try (HlsWalker walker = follow(server)) {
        await(() -> found(walker.report()).contains(Rule.L23));
      }
    }
  }

  /** HLS S1: in one of two renditions, which is not merely behind. */
  @Test
  void s1NoticesDateRangesThatDiffer() throws IOException {
    String range = "#EXT-X-DATERANGE:ID=\"x\",START-DATE=\"2026-11-23T11:00:00Z\"\n";
    try (FakeLiveServer server = new FakeLiveServer()) {
      server.change("a", list -> list + range);
      server.change("b", list -> list + range.replace("\"x\"", "\"y\""));
      try (HlsWalker walker = follow(server)) {
        await(() -> found(walker.report()).contains(Rule.S1));
      }
    }
  }

  private static HlsWalker follow(FakeLiveServer server) {
    return HlsWalker.follow(server.address(), WalkOptions.defaults().eager());
  }

  private static int parts(HlsWalker walker) {
    return walker.report().edges().stream().mapToInt(ValidationReport.LiveEdge::parts).sum();
  }

  private static int late(HlsWalker walker) {
    return walker.report().edges().stream().mapToInt(ValidationReport.LiveEdge::late).sum();
  }

  /** Everything but how headers are written. */
  private static Set<Rule> found(ValidationReport report) {
    return Stream.concat(report.violations().stream(), report.warnings().stream())
        .map(Violation::rule)
        .filter(rule -> !rule.id().startsWith("H"))
        .collect(Collectors.toSet());
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }
}
