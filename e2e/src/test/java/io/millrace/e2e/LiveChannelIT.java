package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Program;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.testkit.program.Tools;
import io.millrace.validator.walk.HlsWalker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The real clip goes in over RTMP and comes out over HLS, whole and bit-exact. */
@Execution(ExecutionMode.CONCURRENT)
class LiveChannelIT {
  private static final Duration CLIP = Duration.ofSeconds(30);
  private static final Duration END = CLIP.plusSeconds(40);

  @TempDir private static Path folder;
  private static MillraceProcess server;

  @BeforeAll
  static void start() {
    server =
        MillraceProcess.serve(
            folder.resolve("data"), Ports.free(), Map.of("MILLRACE_INGEST_END_GRACE", "2s"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void everyFrameAndPacketThatFfmpegPushesComesOutBitExact() throws Exception {
    try (FfmpegPublisher publisher = FfmpegPublisher.once(server.rtmp("ffmpeg"));
        HlsWalker walker = Waiting.follow(server, "ffmpeg");
        Player player = new Player(server.playlist("ffmpeg"), notes("ffmpeg"))) {
      player.awaitEnd(END);
      Waiting.within(Duration.ofSeconds(5)).until(walker::ended);
      assertThat(publisher.program().await(Duration.ofSeconds(1)).exitCode())
          .as(publisher.words())
          .isZero();

      player.playedTheWholeClip();
      assertThat(walker.violations()).isEmpty();
      assertThat(walker.warnings()).isEmpty();
    }
  }

  @Test
  void everyFrameAndPacketOfBothGStreamerSinksComesOutBitExactWhileGStreamerPlays()
      throws Exception {
    Tools.require("gst-launch-1.0");
    try (Program rtmpsink = GStreamer.publishWithRtmpsink(server.rtmp("librtmp"));
        Program rtmp2sink = GStreamer.publishWithRtmp2sink(server.rtmp("rtmp2"));
        HlsWalker first = Waiting.follow(server, "librtmp");
        HlsWalker second = Waiting.follow(server, "rtmp2");
        Player firstPlayer = new Player(server.playlist("librtmp"), notes("librtmp"));
        Player secondPlayer = new Player(server.playlist("rtmp2"), notes("rtmp2"));
        Program viewer = GStreamer.play(server.playlist("rtmp2"))) {
      firstPlayer.awaitEnd(END);
      secondPlayer.awaitEnd(END);
      assertThat(rtmpsink.await(END).exitCode()).as(rtmpsink.errorsSoFar()).isZero();
      assertThat(rtmp2sink.await(END).exitCode()).as(rtmp2sink.errorsSoFar()).isZero();

      firstPlayer.playedTheWholeClip();
      secondPlayer.playedTheWholeClip();
      assertThat(first.violations()).isEmpty();
      assertThat(first.warnings()).isEmpty();
      assertThat(second.violations()).isEmpty();
      assertThat(second.warnings()).isEmpty();

      Program.Result played = viewer.await(END);
      assertThat(played.errors()).doesNotContain("ERROR");
      // Where it starts is its own affair; from there on no segment may be missing.
      isWithoutHoles(GStreamer.pictures(played.text()));
      isWithoutHoles(GStreamer.sound(played.text()));
    }
  }

  @Test
  void anUnknownStreamIsAProblemDocumentAndNotFound() {
    URI unknown = server.playlist("nobody-publishes-this");
    assertThat(server.fetch(unknown))
        .hasValueSatisfying(
            answer -> {
              assertThat(answer.status()).isEqualTo(404);
              assertThat(answer.contentType()).startsWith("application/problem+json");
            });
  }

  /** Single lines may be missing in what GStreamer writes, so it is no count of frames. */
  private static void isWithoutHoles(List<Duration> times) {
    assertThat(times).hasSizeGreaterThan(50);
    for (int i = 1; i < times.size(); i++) {
      assertThat(times.get(i).minus(times.get(i - 1)))
          .as("behind %s", times.get(i - 1))
          .isPositive()
          .isLessThan(Duration.ofMillis(500));
    }
  }

  private static Path notes(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }
}
