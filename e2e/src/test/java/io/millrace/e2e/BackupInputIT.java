package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.Segment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two encoders push one stream, and one of them is killed. */
class BackupInputIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String ONE_ENCODE = "pair";
  private static final String TWO_CLOCKS = "apart";
  private static final List<String> STREAMS = List.of(ONE_ENCODE, TWO_CLOCKS);

  @TempDir private Path folder;

  @Test
  void theBackupGoesOnWithoutADiscontinuityIfItSendsTheSameAndWithOneIfNot() {
    Path clip = encode();
    try (MillraceProcess server =
            MillraceProcess.serve(folder.resolve("data"), Ports.free(), Map.of());
        FfmpegPublisher pair = onAir(FfmpegPublisher.looping(clip, server.rtmp(ONE_ENCODE)));
        FfmpegPublisher apart = onAir(FfmpegPublisher.looping(clip, server.rtmp(TWO_CLOCKS)));
        FfmpegPublisher same = FfmpegPublisher.looping(clip, backup(server, ONE_ENCODE));
        FfmpegPublisher ahead =
            FfmpegPublisher.loopingAhead(
                Duration.ofMillis(1_000_017), clip, backup(server, TWO_CLOCKS));
        UnderValidation one = Waiting.watch(server, ONE_ENCODE);
        UnderValidation two = Waiting.watch(server, TWO_CLOCKS)) {
      Waiting.within(DEADLINE)
          .until(() -> STREAMS.stream().allMatch(stream -> next(server, stream) >= 4));
      String third = server.rtmp(ONE_ENCODE) + "&backup=1";
      Waiting.refused(third, "has a backup already");

      long killed = Math.max(next(server, ONE_ENCODE), next(server, TWO_CLOCKS));
      pair.program().kill();
      apart.program().kill();

      Waiting.within(DEADLINE)
          .until(() -> STREAMS.stream().allMatch(stream -> next(server, stream) >= killed + 4));
      Waiting.within(DEADLINE).until(() -> Waiting.hasFetchedBehindABreak(two));
      assertThat(media(server, ONE_ENCODE).segments())
          .noneMatch(Segment::discontinuity)
          .noneMatch(Segment::gap);
      assertThat(media(server, TWO_CLOCKS).segments())
          .noneMatch(Segment::gap)
          .filteredOn(Segment::discontinuity)
          .hasSize(1);
      assertThat(one.walker().violations()).isEmpty();
      assertThat(two.walker().violations()).isEmpty();
      assertThat(same.program().isAlive() && ahead.program().isAlive()).isTrue();
    }
  }

  /** A backup that comes first would be on air, and the primary would stand by. */
  private static FfmpegPublisher onAir(FfmpegPublisher primary) {
    Waiting.within(DEADLINE).until(primary::accepted);
    return primary;
  }

  private static String backup(MillraceProcess server, String stream) {
    return server.rtmp(stream) + "&backup=1";
  }

  private static long next(MillraceProcess server, String stream) {
    return Waiting.media(server, stream).map(MediaPlaylist::nextSequence).orElse(0L);
  }

  private static MediaPlaylist media(MillraceProcess server, String stream) {
    return Waiting.media(server, stream).orElseThrow();
  }

  private Path encode() {
    Path file = folder.resolve("clip.mp4");
    Ffmpeg.run(
            Duration.ofMinutes(1),
            ("-t 24 -i "
                    + Clips.bigBuckBunny()
                    + " -vf scale=426:240 -c:v libx264 -preset ultrafast")
                .concat(" -g 48 -keyint_min 48 -sc_threshold 0 -ac 2 -c:a aac " + file)
                .split(" "))
        .orFail();
    return file;
  }
}
