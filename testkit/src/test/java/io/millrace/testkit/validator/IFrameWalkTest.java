package io.millrace.testkit.validator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.Rule;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.Validator;
import io.millrace.validator.Violation;
import io.millrace.validator.WalkOptions;
import io.millrace.validator.mp4.Mp4Fragment;
import io.millrace.validator.mp4.Mp4Track;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HLS M5: an I-frame playlist whose ranges end within a fragment, as is customary. */
class IFrameWalkTest {
  private static final String STREAM =
      "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=900000,"
          + "CODECS=\"avc1.42c00c\",RESOLUTION=320x180,URI=\"iframes.m3u8\"\n";

  @TempDir private static Path folder;
  private static String iFrames = "";
  private FakeOrigin origin;

  @BeforeAll
  static void packageTheClip() throws IOException {
    iFrames =
        ranged(PackagedClip.write(folder), 0)
            .replace("#EXT-X-MEDIA-SEQUENCE", "#EXT-X-I-FRAMES-ONLY\n#EXT-X-MEDIA-SEQUENCE");
  }

  /**
   * With the range of each segment's first samples.
   *
   * @param more how many more than one
   */
  private static String ranged(String media, int more) throws IOException {
    List<Mp4Track> tracks = Mp4Track.read(Files.readAllBytes(folder.resolve("init.mp4")));
    StringBuilder out = new StringBuilder();
    for (String line : media.lines().toList()) {
      if (line.endsWith(".m4s")) {
        Mp4Fragment fragment =
            Mp4Fragment.read(tracks, Files.readAllBytes(folder.resolve(line))).getFirst();
        Mp4Fragment.Sample last = fragment.samples().get(more);
        out.append("#EXT-X-BYTERANGE:").append(last.offset() + last.size()).append("@0\n");
      }
      out.append(line).append('\n');
    }
    return out.toString();
  }

  @BeforeEach
  void serveIt() throws IOException {
    origin = new FakeOrigin();
    origin.putAll(folder);
    origin.put("main.m3u8", PackagedClip.MULTIVARIANT + STREAM);
    origin.put("iframes.m3u8", iFrames);
  }

  @AfterEach
  void stop() {
    origin.close();
  }

  @Test
  void aGoodOneBreaksNoRuleAndIsSeenWhole() {
    ValidationReport report = validate();
    assertThat(report.violations()).isEmpty();
    assertThat(report.warnings()).isEmpty();
    assertThat(report.looked().playlists()).isEqualTo(2);
    assertThat(report.looked().segments()).isEqualTo(16);
  }

  @Test
  void aRangeThatEndsWithinThePictureHasNone() {
    origin.put("iframes.m3u8", iFrames.replaceAll("BYTERANGE:(\\d+)\\d@0", "BYTERANGE:$1@0"));
    assertThat(rules(validate())).containsOnly(Rule.M5).hasSize(8);
  }

  @Test
  void aRangeWithMorePicturesIsNoIFrame() throws IOException {
    origin.put(
        "iframes.m3u8",
        ranged(Files.readString(folder.resolve("media.m3u8")), 1)
            .replace("#EXT-X-MEDIA-SEQUENCE", "#EXT-X-I-FRAMES-ONLY\n#EXT-X-MEDIA-SEQUENCE"));
    assertThat(rules(validate())).containsOnly(Rule.M5).hasSize(8);
  }

  @Test
  void itSaysThatItIsOneAndOnlyItDoes() {
    origin.put("iframes.m3u8", iFrames.replace("#EXT-X-I-FRAMES-ONLY\n", ""));
    assertThat(rules(validate())).contains(Rule.M5);

    origin.put("main.m3u8", PackagedClip.MULTIVARIANT.replace("media.m3u8", "iframes.m3u8"));
    origin.put("iframes.m3u8", iFrames);
    assertThat(rules(validate())).contains(Rule.M5);
  }

  @Test
  void itsFormatAndItsRatesAreJudged() {
    origin.put(
        "main.m3u8", PackagedClip.MULTIVARIANT + STREAM.replace("avc1.42c00c", "avc1.64001f"));
    assertThat(rules(validate())).containsExactly(Rule.M2);

    origin.put("main.m3u8", PackagedClip.MULTIVARIANT + STREAM.replace("H=900000,A", "H=10000,A"));
    assertThat(validate().warnings()).extracting(Violation::rule).containsExactly(Rule.M1_PEAK);
  }

  private ValidationReport validate() {
    return Validator.validate(
        origin.at("main.m3u8"),
        Duration.ofSeconds(20),
        WalkOptions.defaults().eager(),
        looked -> {});
  }

  private static List<Rule> rules(ValidationReport report) {
    return report.violations().stream().map(Violation::rule).toList();
  }
}
