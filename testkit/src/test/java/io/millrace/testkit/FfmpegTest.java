package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FfmpegTest {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @Test
  void knowsWhatTheRealClipIs() {
    String answer =
        Ffmpeg.probe(
                DEADLINE,
                "-show_entries",
                "stream=codec_name,width,height,channels",
                "-of",
                "csv=p=0",
                Clips.bigBuckBunny().toString())
            .orFail()
            .text();
    assertThat(answer).contains("h264,854,480").contains("aac,6");
  }

  @Test
  void hashesAreEqualAfterRemuxingAndDifferWhenPacketsAreMissing(@TempDir Path folder) {
    List<String> source = List.of("-i", Clips.bigBuckBunny().toString());
    String whole = folder.resolve("whole.flv").toString();
    String cut = folder.resolve("cut.flv").toString();
    Ffmpeg.run(DEADLINE, "-i", source.get(1), "-c", "copy", whole).orFail();
    Ffmpeg.run(DEADLINE, "-i", source.get(1), "-t", "10", "-c", "copy", cut).orFail();

    FrameHashes audio = FrameHashes.audioPackets(DEADLINE, source);
    assertThat(audio.entries()).hasSizeGreaterThan(1400);
    assertThat(audio.differenceTo(FrameHashes.audioPackets(DEADLINE, List.of("-i", whole))))
        .isEmpty();
    assertThat(audio.differenceTo(FrameHashes.audioPackets(DEADLINE, List.of("-i", cut))))
        .hasValueSatisfying(words -> assertThat(words).startsWith("expected"));

    FrameHashes video = FrameHashes.decodedVideo(DEADLINE, source);
    assertThat(video.entries()).hasSizeBetween(719, 722);
    assertThat(video.differenceTo(FrameHashes.decodedVideo(DEADLINE, List.of("-i", whole))))
        .isEmpty();
  }

  @Test
  void saysWhatTheProgramSaidWhenItFails() {
    Program.Result result = Ffmpeg.run(DEADLINE, "-i", "/nowhere/to/be.mp4", "-f", "null", "-");
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.errors()).contains("No such file");
  }
}
