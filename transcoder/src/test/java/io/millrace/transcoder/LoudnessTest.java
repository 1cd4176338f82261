package io.millrace.transcoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.transcoding.Rung;
import io.millrace.transcoding.TranscodingConfig;
import io.millrace.transcoding.protocol.Latency;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LoudnessTest {
  @TempDir private Path folder;

  @Test
  void soundIsBroughtToTheLoudnessThatIsWanted() throws Exception {
    SourceClip clip =
        SourceClip.of(
            FlvClip.of(
                "-i",
                Clips.bigBuckBunny().toString(),
                "-vn",
                "-ac",
                "2",
                "-c:a",
                "aac",
                "-af",
                "loudnorm=I=-30:TP=-2"));
    var config =
        new TranscodingConfig(
            List.of("x264", "openh264"),
            Latency.LOW,
            OptionalInt.of(-23),
            Duration.ofSeconds(60),
            Duration.ofSeconds(20),
            true);
    try (TranscodingNode node = new TranscodingNode(config, "audio")) {
      node.feed(clip.broadcast());
      node.awaitEnd();

      RungEvents sound = node.rung(Rung.AUDIO);
      Path made = RungEvents.adts(sound.format(), sound.samples(), folder.resolve("made.aac"));
      Path source =
          RungEvents.adts(
              clip.tracks().getFirst().format(), clip.sounds(), folder.resolve("source.aac"));
      double before = loudnessOfTheEnd(source);
      double after = loudnessOfTheEnd(made);
      assertThat(Math.abs(after + 23)).as(before + " " + after).isLessThan(2.5);
      double offset =
          SoundOffset.millis(
              clip.tracks().getFirst().format(),
              clip.sounds(),
              sound.tracks().getFirst().getFirst(),
              sound.samples(),
              folder);
      assertThat(offset).isBetween(-10.0, 10.0);
    }
  }

  private static double loudnessOfTheEnd(Path file) {
    var result =
        Ffmpeg.run(
                Duration.ofSeconds(30),
                "-loglevel",
                "info",
                "-ss",
                "15",
                "-i",
                file.toString(),
                "-af",
                "ebur128",
                "-f",
                "null",
                "-")
            .orFail();
    var matcher = Pattern.compile("I:\\s+(-?[0-9.]+) LUFS\\s+Threshold").matcher(result.errors());
    assertThat(matcher.find()).as(result.errors()).isTrue();
    return Double.parseDouble(matcher.group(1));
  }
}
