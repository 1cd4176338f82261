package io.millrace.validator.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.validator.CannotLookException;
import io.millrace.validator.Rule;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.Violation;
import io.millrace.validator.WalkOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Follows a server; each test but the first has it break one rule. */
class DashWalkerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What this small server does not do. */
  private static final Set<String> UNSERVED = Set.of("H1", "H2", "H3", "H7", "H8");

  @Test
  void aServerThatKeepsTheRulesIsFollowedToItsEnd() throws IOException {
    try (FakeDashServer server = new FakeDashServer();
        DashWalker walker = follow(server)) {
      await(() -> walker.versionCount() > 2 && walker.sawAll());
      assertThat(walker.ended()).isFalse();
      server.end();
      await(walker::ended);
      ValidationReport report = walker.report();

      assertThat(found(report)).as("%s", report.violations()).isEmpty();
      assertThat(report.failures()).isEmpty();
      assertThat(report.notes()).isEmpty();
      assertThat(report.looked().segments()).isGreaterThan(8);
      assertThat(report.looked().seconds()).isEqualTo(report.looked().segments() * 2.0);
    }
  }

  // DASH L1, L2
  @Test
  void segmentsThatGrowAreFollowed() throws IOException {
    try (FakeDashServer server = new FakeDashServer()) {
      server.grow();
      try (DashWalker walker = follow(server)) {
        await(() -> walker.versionCount() > 3 && walker.sawAll());
        ValidationReport report = walker.report();
        assertThat(found(report)).as("%s", report.violations()).isEmpty();
        assertThat(report.failures()).isEmpty();
      }
    }
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault("DASH A1", server -> server.change(text -> text.replace("</MPD>", ""))),
        fault("DASH A3", server -> server.change(text -> text.replace("T10:00:00Z", "T10:00:01Z"))),
        fault("DASH A6", server -> server.change(text -> text.replace("16\" h", "32\" h"))),
        fault("DASH H1", server -> server.cache("public, max-age=60")),
        fault("DASH A5", server -> server.lose("time")),
        fault("DASH A5", server -> server.clock(Duration.ofMinutes(1))),
        fault("DASH S2", server -> server.shift(1)),
        fault("DASH S3", server -> server.changePlaylist(text -> text.replace("10:00", "10:01"))),
        fault("DASH S4", server -> server.lose("video/9.m4s")),
        fault("DASH S4", server -> server.lose("video/init.mp4")),
        fault("DASH R1", server -> server.change(text -> text.replace("te=\"24", "te=\"30"))),
        fault("DASH R1", server -> server.change(text -> text.replace("vp09.00.10", "vp09.00.20"))),
        fault(
            "DASH L1",
            server -> {
              server.grow();
              server.change(text -> text.replaceFirst("<Latency[^>]*>", ""));
            }),
        fault(
            "DASH L2",
            server -> {
              server.grow();
              server.cutShort();
            }),
        fault("DASH R2", server -> server.change(text -> text.replace("\"9000\"", "\"900\""))));
  }

  private static Arguments fault(String rule, Consumer<FakeDashServer> make) {
    return Arguments.of(rule, make);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aServerThatBreaksARuleIsToldOf(String rule, Consumer<FakeDashServer> make)
      throws IOException {
    try (FakeDashServer server = new FakeDashServer()) {
      boolean later = rule.equals("DASH A1") || rule.equals("DASH A3") || rule.equals("DASH A6");
      if (!later) {
        make.accept(server);
      }
      try (DashWalker walker = follow(server)) {
        if (later) {
          make.accept(server);
        }
        await(() -> found(walker.report()).contains(rule));
        assertThat(walker.report().failures()).isEmpty();
      }
    }
  }

  // HLS D9
  @Test
  void aManifestThatIsAwayForAWhileIsToldOf() throws IOException {
    try (FakeDashServer server = new FakeDashServer();
        DashWalker walker = follow(server)) {
      server.cut("manifest.mpd");
      await(() -> found(walker.report()).contains("D9"));
    }
  }

  @Test
  void whatIsNoManifestIsSaid() throws IOException {
    try (FakeDashServer server = new FakeDashServer()) {
      server.change(text -> "#EXTM3U\n");
      assertThatThrownBy(() -> DashWalker.follow(server.address()))
          .isInstanceOf(CannotLookException.class)
          .hasMessageContaining("is no DASH manifest")
          .hasMessageContaining("#EXTM3U");
    }
  }

  private static DashWalker follow(FakeDashServer server) {
    return DashWalker.follow(server.address(), WalkOptions.defaults().eager());
  }

  private static Set<String> found(ValidationReport report) {
    return Stream.concat(report.violations().stream(), report.warnings().stream())
        .map(Violation::rule)
        .map(Rule::id)
        .filter(id -> !UNSERVED.contains(id))
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
