package io.millrace.transcoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Sample;
import io.millrace.media.TrackFormat;
import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import io.millrace.transcoding.Rung;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The real clip through the real program: all of it is right, not only playable. */
@Timeout(240)
class LadderTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Pattern PSNR = Pattern.compile("average:([0-9.]+)");
  private static final Pattern SSIM = Pattern.compile("All:([0-9.]+)");

  @TempDir private static Path folder;

  private static SourceClip clip;
  private static TranscodingNode node;

  @BeforeAll
  static void transcode() throws Exception {
    clip = SourceClip.bigBuckBunny();
    node = new TranscodingNode(TranscodingNode.CONFIG, "copy,720p,480p,360p,240p,audio");
    node.feed(clip.broadcast());
    node.awaitEnd();
  }

  @AfterAll
  static void close() {
    node.close();
  }

  @Test
  void onlyRungsBelowTheSourceAreMade() {
    assertThat(node.started()).containsExactly(Rung.P360, Rung.P240, Rung.AUDIO);
    assertThat(node.rung(Rung.P360).hasEnded()).isTrue();
    assertThat(node.rung(Rung.AUDIO).hasEnded()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"P360", "P240"})
  void everyPictureOfTheSourceIsThereAtItsTime(Rung rung) {
    List<Long> wanted = clip.pictures().stream().map(Sample::pts).sorted().toList();

    assertThat(node.rung(rung).times()).isEqualTo(wanted);
    assertThat(node.rung(rung).discontinuities()).isZero();
    assertThat(node.rung(rung).tracks()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"P360", "P240"})
  void itsKeyFramesAreAtTheSourcesTimesToBeDecodedAndToBeShown(Rung rung) {
    List<Sample> keys = node.rung(rung).samples().stream().filter(Sample::sync).toList();

    for (Sample key : clip.pictures().stream().filter(Sample::sync).toList()) {
      assertThat(keys)
          .anySatisfy(
              found -> {
                assertThat(found.pts()).isEqualTo(key.pts());
                assertThat(found.dts()).isEqualTo(key.dts());
              });
    }
  }

  @Test
  void keyFramesAreAtTheSameTimesInAllRungsAndNoGroupIsLong() {
    List<Long> keys = node.rung(Rung.P360).keys();

    assertThat(node.rung(Rung.P240).keys()).isEqualTo(keys);
    for (int i = 1; i < keys.size(); i++) {
      assertThat(keys.get(i) - keys.get(i - 1)).isBetween(1L, 3_000L);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"P360", "P240"})
  void decodingTimesRiseAndAreNeverMuchBehind(Rung rung) {
    long last = Long.MIN_VALUE;
    for (Sample sample : node.rung(rung).samples()) {
      assertThat(sample.dts()).isGreaterThan(last);
      assertThat(sample.compositionOffset()).isBetween(-200, 500);
      last = sample.dts();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"P360", "P240"})
  void picturesLookLikeTheSource(Rung rung) throws Exception {
    assertThat(compare(rung, "psnr", PSNR)).isGreaterThan(37);
    assertThat(compare(rung, "ssim", SSIM)).isGreaterThan(0.96);
  }

  private static double compare(Rung rung, String filter, Pattern figure) throws Exception {
    RungEvents events = node.rung(rung);
    Path made = events.annexB(folder.resolve(rung.word() + ".h264"));
    var format = (TrackFormat.Video) events.format();
    String graph =
        "[0:v]settb=1/24,setpts=N[a];[1:v]settb=1/24,setpts=N,scale=%d:%d:flags=bicubic[b];[a][b]%s"
            .formatted(format.width(), format.height(), filter);
    Program.Result result =
        Ffmpeg.run(
                DEADLINE,
                "-loglevel",
                "info",
                "-i",
                made.toString(),
                "-i",
                Clips.bigBuckBunny().toString(),
                "-lavfi",
                graph,
                "-f",
                "null",
                "-")
            .orFail();
    Matcher matcher = figure.matcher(result.errors());
    assertThat(matcher.find()).as(result.errors()).isTrue();
    return Double.parseDouble(matcher.group(1));
  }

  @Test
  void soundIsStereoAndInTimeWithThePictures() throws Exception {
    RungEvents sound = node.rung(Rung.AUDIO);

    assertThat(((TrackFormat.Audio) sound.format()).channels()).isEqualTo(2);
    double offset =
        SoundOffset.millis(
            clip.tracks().getLast().format(),
            clip.sounds(),
            sound.tracks().getFirst().getFirst(),
            sound.samples(),
            folder);
    assertThat(offset).isBetween(-5.0, 5.0);
  }
}
