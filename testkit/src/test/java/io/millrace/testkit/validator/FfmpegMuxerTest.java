package io.millrace.testkit.validator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.Validator;
import io.millrace.validator.Violation;
import io.millrace.validator.WalkOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another packager's output, so that the rules don't fit ours alone. What it breaks is in {@code
 * docs/decisions.md}.
 */
class FfmpegMuxerTest {
  @TempDir private Path folder;

  @Test
  void whatFfmpegMakesInFragments() throws IOException {
    ValidationReport report = validate("fmp4");
    assertThat(report.looked().seconds()).isBetween(29.8, 30.2);
    assertThat(rules(report.violations())).as("%s", report.violations()).isEmpty();
    assertThat(rules(report.warnings())).as("%s", report.warnings()).containsOnly(Rule.M1_SHOULD);
  }

  @Test
  void whatFfmpegMakesInMpegTs() throws IOException {
    ValidationReport report = validate("mpegts");
    assertThat(report.looked().seconds()).isBetween(29.8, 30.2);
    assertThat(rules(report.violations())).as("%s", report.violations()).isEmpty();
    assertThat(rules(report.warnings())).as("%s", report.warnings()).containsOnly(Rule.M1_SHOULD);
  }

  private ValidationReport validate(String container) throws IOException {
    FfmpegHls.cut(
        folder.resolve("media.m3u8"),
        "-hls_segment_type",
        container,
        "-master_pl_name",
        "main.m3u8");
    try (FakeOrigin origin = new FakeOrigin()) {
      origin.putAll(folder);
      return Validator.validate(
          origin.at("main.m3u8"),
          Duration.ofSeconds(30),
          WalkOptions.defaults().eager(),
          looked -> {});
    }
  }

  private static List<Rule> rules(List<Violation> violations) {
    return new ArrayList<>(new TreeSet<>(violations.stream().map(Violation::rule).toList()));
  }
}
