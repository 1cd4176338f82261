package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.Segment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A publisher is killed, the slate is shown, and the publisher comes back. */
class SlateIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String STREAM = "away";
  private static final String H264_AAC =
      " -c:v libx264 -preset ultrafast -g 48 -keyint_min 48 -sc_threshold 0 -ac 2 -c:a aac ";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"cmaf", "ts"})
  void theSlateIsShownBetweenTwoDiscontinuitiesAndNothingIsMissing(String container) {
    Path clip = folder.resolve("clip.mp4");
    encode("-t 24 -i " + Clips.bigBuckBunny() + " -vf scale=426:240" + H264_AAC + clip);
    Path slate = folder.resolve("slate.mp4");
    encode(
        "-f lavfi -i testsrc2=s=640x360:r=24:d=5 -f lavfi -i sine=r=44100:d=5 -pix_fmt yuv420p"
            + H264_AAC
            + slate);
    Map<String, String> settings =
        Map.of("MILLRACE_INGEST_SLATE", slate.toString(), "MILLRACE_PACKAGER_CONTAINER", container);
    try (MillraceProcess server =
            MillraceProcess.serve(folder.resolve("data"), Ports.free(), settings);
        FfmpegPublisher first = FfmpegPublisher.looping(clip, server.rtmp(STREAM));
        UnderValidation watched = Waiting.watch(server, STREAM)) {
      long before = media(server).nextSequence();
      first.program().kill();
      Waiting.within(DEADLINE).until(() -> breaks(server) == 1);
      Waiting.within(DEADLINE).until(() -> media(server).nextSequence() >= before + 4);

      try (FfmpegPublisher back = FfmpegPublisher.looping(clip, server.rtmp(STREAM))) {
        Waiting.within(DEADLINE).until(() -> breaks(server) == 2);
        long returned = media(server).nextSequence();
        Waiting.within(DEADLINE).until(() -> media(server).nextSequence() >= returned + 2);

        assertThat(media(server).segments()).noneMatch(Segment::gap);
        assertThat(watched.walker().violations()).isEmpty();
        if (container.equals("ts")) {
          // Of fMP4 FFmpeg's player takes one EXT-X-MAP, so it cannot follow over the change.
          isDecoded(server);
        }
        assertThat(back.program().isAlive()).isTrue();
      }
    }
  }

  private static void isDecoded(MillraceProcess server) {
    Program.Result decoded =
        Ffmpeg.run(
            DEADLINE,
            ("-v error -xerror -live_start_index 0 -i "
                    + server.playlist(STREAM)
                    + " -map 0:v -map 0:a -t 16 -f null -")
                .split(" "));
    assertThat(decoded.exitCode()).as(decoded.errors()).isZero();
  }

  private static long breaks(MillraceProcess server) {
    return media(server).segments().stream()
        .filter(segment -> segment.discontinuity() && segment.sequence() > 0)
        .count();
  }

  private static MediaPlaylist media(MillraceProcess server) {
    return Waiting.media(server, STREAM).orElseThrow();
  }

  private static void encode(String arguments) {
    Ffmpeg.run(Duration.ofMinutes(1), arguments.split(" ")).orFail();
  }
}
