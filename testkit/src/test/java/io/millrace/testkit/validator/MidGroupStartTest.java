package io.millrace.testkit.validator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.Validator;
import io.millrace.validator.Violation;
import io.millrace.validator.WalkOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** M3: a second segment that starts in the middle of a group of pictures. */
class MidGroupStartTest {
  private static final String PROMISE = "#EXT-X-INDEPENDENT-SEGMENTS\n";
  private static final String MASTER =
      """
      #EXTM3U
      #EXT-X-VERSION:6
      #EXT-X-STREAM-INF:BANDWIDTH=3000000,CODECS="avc1.42c00a,mp4a.40.2"
      media.m3u8
      """;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"fmp4", "mpegts"})
  void isABreachWhereIndependentSegmentsArePromisedAndElseAWarning(String container)
      throws IOException {
    Encoded.of(
        folder,
        container,
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-g",
        "50",
        "-keyint_min",
        "50",
        "-c:a",
        "aac",
        "-hls_flags",
        "split_by_time");
    try (FakeOrigin origin = new FakeOrigin()) {
      origin.putAll(folder);
      String media = new String(origin.get("media.m3u8"), StandardCharsets.UTF_8);
      assertThat(media).doesNotContain(PROMISE);

      origin.put("main.m3u8", MASTER);
      ValidationReport nothingPromised = validate(origin);
      assertThat(rules(nothingPromised.violations())).doesNotContain(Rule.M3);
      assertThat(rules(nothingPromised.warnings())).contains(Rule.M3_SHOULD);
      assertThat(nothingPromised.warnings().toString()).contains("sample 0: is NONE");

      origin.put("main.m3u8", MASTER.replace("#EXT-X-STREAM", PROMISE + "#EXT-X-STREAM"));
      ValidationReport promisedForAll = validate(origin);
      assertThat(rules(promisedForAll.violations())).contains(Rule.M3);
      assertThat(rules(promisedForAll.warnings())).doesNotContain(Rule.M3_SHOULD);

      origin.put("main.m3u8", MASTER);
      origin.put("media.m3u8", media.replace("#EXT-X-TARGET", PROMISE + "#EXT-X-TARGET"));
      assertThat(rules(validate(origin).violations())).contains(Rule.M3);
    }
  }

  private static List<Rule> rules(List<Violation> violations) {
    return violations.stream().map(Violation::rule).toList();
  }

  private static ValidationReport validate(FakeOrigin origin) {
    return Validator.validate(
        origin.at("main.m3u8"),
        Duration.ofSeconds(20),
        WalkOptions.defaults().eager(),
        looked -> {});
  }
}
