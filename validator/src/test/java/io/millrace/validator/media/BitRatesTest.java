package io.millrace.validator.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.PlaylistReader;
import io.millrace.validator.hls.Segment;
import java.util.List;
import org.junit.jupiter.api.Test;

class BitRatesTest {
  private static final String LIST =
      """
      #EXTM3U
      #EXT-X-VERSION:4
      #EXT-X-TARGETDURATION:2
      #EXTINF:2.000,
      0.ts
      #EXT-X-BITRATE:800
      #EXTINF:2.000,
      1.ts
      #EXTINF:2.000,
      #EXT-X-BYTERANGE:10@0
      2.ts
      #EXTINF:2.000,
      3.ts
      """;

  /** HLS L29: 800 kbit/s are 200,000 bytes in two seconds. */
  @Test
  void l29NoticesABitRateThatIsFarOff() {
    assertThat(rules(1, 200_000)).isEmpty();
    assertThat(rules(1, 182_000)).isEmpty();
    assertThat(rules(1, 222_000)).isEmpty();
    assertThat(rules(1, 180_000)).containsExactly(Rule.L29_BITRATE);
    assertThat(rules(1, 225_000)).containsExactly(Rule.L29_BITRATE);
  }

  /** HLS L29. */
  @Test
  void l29AppliesFromTheTagOnAndToNoByteRanges() {
    assertThat(rules(0, 1)).isEmpty();
    assertThat(rules(2, 1)).isEmpty();
    assertThat(rules(3, 1)).containsExactly(Rule.L29_BITRATE);
  }

  private static List<Rule> rules(int index, long bytes) {
    Segment segment = PlaylistReader.readMedia(LIST).segments().get(index);
    return BitRates.declared("a", segment, bytes).stream().map(Violation::rule).toList();
  }
}
