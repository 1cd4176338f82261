package io.millrace.transcoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.TrackFormat;
import io.millrace.testkit.Clips;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.transcoding.Rung;
import io.millrace.transcoding.Still;
import io.millrace.transcoding.TranscodingConfig;
import io.millrace.transcoding.protocol.Latency;
import io.millrace.transcoding.protocol.StillWish;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sources of all sorts. */
@Timeout(120)
class SourcesTest {
  private static SourceClip encoded(String... arguments) {
    List<String> all = new ArrayList<>(List.of("-t", "4", "-i", Clips.bigBuckBunny().toString()));
    all.addAll(Arrays.asList(arguments));
    return SourceClip.of(FlvClip.of(all.toArray(String[]::new)));
  }

  private static List<Long> shown(SourceClip clip) {
    return clip.pictures().stream().map(Sample::pts).sorted().toList();
  }

  @ParameterizedTest
  @CsvSource({"libx265,ultrafast", "libsvtav1,12"})
  void otherCodecsOfPicturesAreDecodedToo(String codec, String preset) throws Exception {
    SourceClip clip =
        encoded("-c:v", codec, "-preset", preset, "-s", "426x240", "-g", "24", "-c:a", "libopus");
    try (TranscodingNode node = new TranscodingNode(TranscodingNode.CONFIG, "240p,audio")) {
      node.feed(clip.broadcast());
      node.awaitEnd();

      assertThat(node.rung(Rung.P240).times()).isEqualTo(shown(clip));
      assertThat(node.rung(Rung.P240).keys()).contains(clip.pictures().getFirst().pts());
      assertThat(node.rung(Rung.AUDIO).samples()).hasSizeGreaterThan(180);
      assertThat(node.rung(Rung.AUDIO).format()).isInstanceOf(TrackFormat.Aac.class);
    }
  }

  @Test
  void interlacedPicturesAreMadeProgressiveOneForOne() throws Exception {
    SourceClip clip =
        encoded("-c:v", "libx264", "-flags", "+ilme+ildct", "-vf", "setfield=tff", "-an");
    try (TranscodingNode node = new TranscodingNode(TranscodingNode.CONFIG, "240p")) {
      node.feed(clip.broadcast());
      node.awaitEnd();

      assertThat(node.rung(Rung.P240).times()).isEqualTo(shown(clip));
    }
  }

  @Test
  void keyFramesArePutIntoGroupsThatAreLong() throws Exception {
    SourceClip clip =
        SourceClip.of(
            FlvClip.of(
                "-i",
                Clips.bigBuckBunny().toString(),
                "-vf",
                "scale=426:240",
                "-an",
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-x264-params",
                "keyint=240:scenecut=0"));
    try (TranscodingNode node = new TranscodingNode(TranscodingNode.CONFIG, "240p")) {
      node.feed(clip.broadcast());
      node.awaitEnd();

      List<Long> keys = node.rung(Rung.P240).keys();
      assertThat(keys).hasSizeGreaterThan(12);
      assertThat(keys)
          .containsAll(clip.pictures().stream().filter(Sample::sync).map(Sample::pts).toList());
      for (int i = 1; i < keys.size(); i++) {
        assertThat(keys.get(i) - keys.get(i - 1)).isBetween(1_000L, 2_600L);
      }
    }
  }

  /** With B-frames in the source and in the rungs, and with none. HLS D7, M3 */
  @ParameterizedTest
  @CsvSource({"libx264,bframes=3:b-adapt=0,NORMAL", "libx264,bframes=0,LOW"})
  void whereverTheSourceIsCutRungsHaveAKeyFrameThatIsDecodedThen(
      String codec, String options, Latency latency) throws Exception {
    SourceClip clip =
        encoded(
            "-vf",
            "scale=854:480",
            "-an",
            "-c:v",
            codec,
            "-preset",
            "ultrafast",
            "-x264-params",
            "keyint=1000:scenecut=0:" + options);
    List<Long> cuts = List.of(19, 40, 77).stream().map(i -> clip.pictures().get(i).dts()).toList();
    TranscodingConfig config =
        new TranscodingConfig(
            List.of("x264", "openh264"),
            latency,
            OptionalInt.empty(),
            Duration.ofSeconds(60),
            Duration.ofSeconds(20),
            true);
    try (TranscodingNode node = new TranscodingNode(config, "360p,240p")) {
      node.feed(clip.broadcast(), sample -> cuts.contains(sample.dts()));
      node.awaitEnd();

      for (Rung rung : List.of(Rung.P360, Rung.P240)) {
        assertThat(clip.pictures()).filteredOn(Sample::sync).hasSize(1);
        assertThat(node.rung(rung).times()).isEqualTo(shown(clip));
        assertThat(node.rung(rung).samples().stream().filter(Sample::sync).map(Sample::dts))
            .contains(clip.pictures().getFirst().dts())
            .containsAll(cuts);
      }
    }
  }

  @Test
  void anotherSizeInMidStreamOpensTheRungsAnewAndLeavesOutThoseThatAreAboveIt() throws Exception {
    SourceClip large = SourceClip.of(FlvClip.encoded("854x480", Duration.ofSeconds(3))).silent();
    SourceClip small =
        SourceClip.of(FlvClip.encoded("480x270", Duration.ofSeconds(3)))
            .silent()
            .later(Duration.ofSeconds(3));
    try (TranscodingNode node = new TranscodingNode(TranscodingNode.CONFIG, "360p,240p")) {
      node.feed(large.events());
      node.feed(small.broadcast());
      node.awaitEnd();

      assertThat(node.rung(Rung.P240).times())
          .isEqualTo(Stream.concat(shown(large).stream(), shown(small).stream()).toList());
      assertThat(node.rung(Rung.P240).discontinuities()).isZero();
      assertThat(node.rung(Rung.P240).tracks()).hasSize(2);
      assertThat(node.rung(Rung.P360).tracks().getLast()).isEmpty();
    }
  }

  @Test
  void aBreakOfTheSourceIsOneOfEveryRung() throws Exception {
    SourceClip clip = SourceClip.of(FlvClip.encoded("426x240", Duration.ofSeconds(3)));
    SourceClip next = clip.later(Duration.ofSeconds(1_000));
    try (TranscodingNode node = new TranscodingNode(TranscodingNode.CONFIG, "240p,audio")) {
      node.feed(clip.events());
      node.feed(List.of(new MediaEvent.Discontinuity(1_000_000_000_000L)));
      node.feed(next.broadcast());
      node.awaitEnd();

      for (Rung rung : List.of(Rung.P240, Rung.AUDIO)) {
        assertThat(node.rung(rung).all())
            .filteredOn(MediaEvent.Discontinuity.class::isInstance)
            .containsExactly(new MediaEvent.Discontinuity(1_000_000_000_000L));
        assertThat(node.rung(rung).tracks()).hasSize(2);
      }
      assertThat(node.rung(Rung.P240).times())
          .isEqualTo(Stream.concat(shown(clip).stream(), shown(next).stream()).toList());
    }
  }

  @Test
  void stillsAreMadeOfKeyFrames() throws Exception {
    SourceClip clip = SourceClip.of(FlvClip.encoded("426x240", Duration.ofSeconds(5)));
    try (TranscodingNode node =
        new TranscodingNode(TranscodingNode.CONFIG, "240p", new StillWish(7, 90, 2_000_000_000L))) {
      node.feed(clip.broadcast());
      node.awaitEnd();

      List<Still> stills = node.stills();
      assertThat(stills).isNotEmpty();
      for (Still still : stills) {
        assertThat(still.wish()).isEqualTo(7);
        var picture = ImageIO.read(new ByteArrayInputStream(still.jpeg().getBytes()));
        assertThat(picture.getHeight()).isEqualTo(90);
        assertThat(picture.getWidth()).isEqualTo(still.width()).isEqualTo(160);
      }
      assertThat(stills.getFirst().mediaNanos())
          .isEqualTo(clip.pictures().getFirst().pts() * 1_000_000);
    }
  }

  @Test
  void withoutAnyDelayCountAndTimesAreKeptToo() throws Exception {
    SourceClip clip = SourceClip.of(FlvClip.encoded("426x240", Duration.ofSeconds(5))).silent();
    var config =
        new TranscodingConfig(
            TranscodingNode.CONFIG.encoders(),
            Latency.LOW,
            OptionalInt.empty(),
            TranscodingNode.CONFIG.maxBehind(),
            TranscodingNode.CONFIG.hangTimeout(),
            true);
    try (TranscodingNode node = new TranscodingNode(config, "240p")) {
      node.feed(clip.broadcast());
      node.awaitEnd();

      RungEvents rung = node.rung(Rung.P240);
      assertThat(rung.times()).isEqualTo(shown(clip));
      assertThat(rung.samples().stream().filter(Sample::sync).map(Sample::dts))
          .containsAll(clip.pictures().stream().filter(Sample::sync).map(Sample::dts).toList());
    }
  }
}
