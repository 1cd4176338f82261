package io.millrace.transcoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.media.Sample;
import io.millrace.media.TrackFormat;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.transcoding.Rung;
import io.millrace.transcoding.TranscoderState;
import io.millrace.transcoding.TranscodingConfig;
import io.millrace.transcoding.protocol.Latency;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class EncodersTest {
  private static final boolean GPL =
      System.getProperty("millrace.ffmpeg.natives", "").endsWith("-gpl");

  private static SourceClip clip;

  @BeforeAll
  static void readClip() {
    clip = SourceClip.of(FlvClip.encoded("480x270", Duration.ofSeconds(5))).silent();
  }

  private static TranscodingConfig wanting(String... encoders) {
    return new TranscodingConfig(
        Arrays.asList(encoders),
        Latency.LOW,
        OptionalInt.empty(),
        Duration.ofSeconds(60),
        Duration.ofSeconds(20),
        true);
  }

  private static Map<Rung, String> encodersOf(TranscodingConfig config) throws Exception {
    try (TranscodingNode node = new TranscodingNode(config, "240p")) {
      node.feed(clip.events());
      node.awaitSamples(Rung.P240, 20);
      return ((TranscoderState.Running) node.state()).encoders();
    }
  }

  /** {@code -Plgpl} builds the program without x264. */
  @Test
  void whatIsNotInTheBuildOrDoesNotWorkHereIsPassedOver() throws Exception {
    assertThat(encodersOf(wanting("nvenc", "vaapi", "x264", "openh264")))
        .containsExactly(Map.entry(Rung.P240, GPL ? "x264" : "openh264"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x264", "openh264", "svt-av1"})
  void eachCodesEveryPictureAndKeyFramesWhereTheyAreWanted(String encoder) throws Exception {
    assumeTrue(GPL || !encoder.equals("x264"));
    try (TranscodingNode node = new TranscodingNode(wanting(encoder), "240p")) {
      node.feed(clip.broadcast());
      node.awaitEnd();

      RungEvents rung = node.rung(Rung.P240);
      List<Long> shown = clip.pictures().stream().map(Sample::pts).sorted().toList();
      assertThat(rung.times()).isEqualTo(shown);
      List<Long> wanted = clip.pictures().stream().filter(Sample::sync).map(Sample::pts).toList();
      assertThat(rung.keys()).containsSubsequence(wanted);
      // OpenH264 has ideas of its own where the scene changes, and FFmpeg no option for that.
      assertThat(rung.keys().size() == wanted.size() || encoder.equals("openh264"))
          .as(rung.keys().toString())
          .isTrue();
      assertThat(rung.format().codecs()).startsWith(encoder.equals("svt-av1") ? "av01" : "avc1");
      assertThat(((TrackFormat.Video) rung.format()).height()).isEqualTo(240);
    }
  }

  @Test
  void withoutAnyThatWorksTheSourceIsRefusedInWords() throws Exception {
    try (TranscodingNode node = new TranscodingNode(wanting("nvenc"), "240p")) {
      node.feed(clip.events());
      await().until(() -> node.state() instanceof TranscoderState.Refused);

      assertThat(node.state().detail())
          .contains("none of the encoders that are configured works here: nvenc");
    }
  }
}
