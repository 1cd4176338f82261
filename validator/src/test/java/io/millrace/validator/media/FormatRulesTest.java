package io.millrace.validator.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.hls.AttributeList;
import io.millrace.validator.hls.MultivariantPlaylist;
import java.util.List;
import org.junit.jupiter.api.Test;

class FormatRulesTest {
  private static final TrackFormat VIDEO = TrackFormat.video("avc1.64001e", 854, 480);
  private static final TrackFormat AUDIO = TrackFormat.audio("mp4a.40.2", 48_000, 2);

  @Test
  void m2IsContentWithWhatTheBitstreamSays() {
    assertThat(found("CODECS=\"avc1.64001E,mp4a.40.2\",RESOLUTION=854x480", VIDEO, AUDIO))
        .isEmpty();
    assertThat(found("CODECS=\"avc3.64001e,mp4a.40.2\"", VIDEO, AUDIO)).isEmpty();
  }

  @Test
  void m2NoticesAnotherProfileAMissingCodecAndAnotherSize() {
    assertThat(found("CODECS=\"avc1.4d001e,mp4a.40.2\"", VIDEO)).containsExactly(Rule.M2);
    assertThat(found("CODECS=\"avc1.64001e\"", VIDEO, AUDIO)).containsExactly(Rule.M2);
    assertThat(found("CODECS=\"avc1.64001e\",RESOLUTION=1280x720", VIDEO)).containsExactly(Rule.M2);
    assertThat(found("CODECS=\"mp4a.40.5\"", AUDIO)).containsExactly(Rule.M2);
  }

  @Test
  void m2WantsTheLargestPictureOfAListThatHasSeveral() {
    assertThat(found("CODECS=\"avc1.64001e\",RESOLUTION=1280x720", true, VIDEO)).isEmpty();
    assertThat(found("CODECS=\"avc1.64001e\",RESOLUTION=640x360", true, VIDEO))
        .containsExactly(Rule.M2);
    assertThat(found("CODECS=\"avc1.64001e\",RESOLUTION=large", true, VIDEO))
        .containsExactly(Rule.M2);
  }

  @Test
  void m2LetsHeAacHideBehindItsCore() {
    TrackFormat core = TrackFormat.audio("mp4a.40.2", 24_000, 2);
    assertThat(found("CODECS=\"mp4a.40.5\"", core)).isEmpty();
  }

  @Test
  void m2ComparesHevcAv1AndOpus() {
    assertThat(found("CODECS=\"hvc1.1.6.L93.b0\"", video("hvc1.1.6.L93.b0"))).isEmpty();
    assertThat(found("CODECS=\"hvc1.1.6.L93.b0\"", video("hvc1.1.6.L90.b0")))
        .containsExactly(Rule.M2);
    assertThat(found("CODECS=\"av01.0.04M.08.0.110\"", video("av01.0.04M.08"))).isEmpty();
    assertThat(found("CODECS=\"av01.0.05M.08\"", video("av01.0.04M.08"))).containsExactly(Rule.M2);
    assertThat(found("CODECS=\"Opus\"", TrackFormat.audio("Opus", 48_000, 2))).isEmpty();
  }

  @Test
  void m1MeasuresThePeakOverRunsOfAboutATargetDuration() {
    BitRates rates = new BitRates(4);
    rates.add(1, 1_000_000);
    assertThat(rates.peak()).as("too short to count").isZero();
    rates.add(1, 0);
    assertThat(rates.peak()).isEqualTo(4_000_000);
    rates.add(4, 1_000_000);
    assertThat(rates.peak()).isEqualTo(4_000_000);
    rates.add(4, 8_000_000);
    assertThat(rates.peak()).isEqualTo(16_000_000);
    assertThat(rates.average()).isEqualTo(8_000_000);
  }

  /** RFC 8216bis 4.4.6.2: a run is contiguous. */
  @Test
  void m1MeasuresNoPeakOverAGap() {
    BitRates rates = new BitRates(4);
    rates.add(1, 1_000_000);
    rates.interrupt();
    rates.add(1, 1_000_000);
    assertThat(rates.peak()).isZero();
    rates.add(1, 0);
    assertThat(rates.peak()).isEqualTo(4_000_000);
  }

  private static TrackFormat video(String codec) {
    return TrackFormat.video(codec, 640, 360);
  }

  private static List<Rule> found(String attributes, TrackFormat... formats) {
    return found(attributes, false, formats);
  }

  private static List<Rule> found(String attributes, boolean changed, TrackFormat... formats) {
    var variant = new MultivariantPlaylist.Variant("v.m3u8", AttributeList.parse(attributes, 1));
    return FormatRules.check("http://host/main.m3u8", variant, List.of(formats), changed).stream()
        .map(violation -> violation.rule())
        .toList();
  }
}
