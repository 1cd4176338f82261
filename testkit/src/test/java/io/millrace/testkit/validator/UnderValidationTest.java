package io.millrace.testkit.validator;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.UnderValidation;
import io.millrace.validator.Rule;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A test under validation passes only when the validator saw something, and all of it. */
class UnderValidationTest {
  private static final String LIST =
      """
      #EXTM3U
      #EXT-X-VERSION:3
      #EXT-X-TARGETDURATION:2
      #EXTINF:2.000,
      0.vtt
      """;

  private FakeOrigin origin;

  @BeforeEach
  void serve() throws IOException {
    origin = new FakeOrigin();
  }

  @AfterEach
  void stop() {
    origin.close();
  }

  @Test
  void waitsForWhatIsListedBeforeItJudges() {
    origin.put("media.m3u8", LIST);
    origin.put("0.vtt", "WEBVTT\n");
    UnderValidation.of(origin.at("media.m3u8")).close();

    origin.remove("0.vtt");
    UnderValidation missing = UnderValidation.of(origin.at("media.m3u8"));
    assertThatThrownBy(missing::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("B13");
  }

  @Test
  void aListWithoutASegmentIsNoProof() {
    origin.put("media.m3u8", LIST.replace("#EXTINF", "#EXT-X-GAP\n#EXTINF"));
    UnderValidation nothing = UnderValidation.of(origin.at("media.m3u8"));
    assertThatThrownBy(nothing::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("segments=0");
  }

  @Test
  void aKnownBreachIsNotHeldAgainstTheStreamButItsMendingIsNoticed() {
    origin.put("media.m3u8", LIST + "#EXTINF:2.000,\n1.vtt\n");
    origin.put("0.vtt", "WEBVTT\n");
    UnderValidation.of(origin.at("media.m3u8")).knowing(List.of(Rule.B13)).close();

    origin.put("1.vtt", "WEBVTT\n");
    UnderValidation mended = UnderValidation.of(origin.at("media.m3u8")).knowing(List.of(Rule.B13));
    assertThatThrownBy(mended::close).hasMessageContaining("B13").hasMessageContaining("any more");
  }

  @Test
  void whatWasNotSeenInTimeIsNoProof() {
    origin.put(
        "main.m3u8",
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000,CODECS=\"avc1.42c00c\"\nmedia.m3u8\n");
    UnderValidation never = UnderValidation.of(origin.at("main.m3u8"), Duration.ofMillis(500));
    assertThatThrownBy(never::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("did not see all");
  }
}
