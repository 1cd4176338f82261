package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.testkit.program.TcpProxy;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.Segment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A publisher's connection dies without a word: RTMP R22. */
@Order(1)
class TakeoverIT {
  private static final Duration AT_ONCE = Duration.ofSeconds(2);
  private static final Duration SEVERAL_SEGMENTS = Duration.ofSeconds(60);

  @Test
  void theReconnectingPublisherTakesOverAtOnceAndThePlaylistGoesOn(@TempDir Path data) {
    try (MillraceProcess server = MillraceProcess.serve(data, Ports.free(), Map.of());
        TcpProxy proxy = new TcpProxy(server.ports().rtmp());
        FfmpegPublisher lost =
            FfmpegPublisher.looping(
                MillraceProcess.rtmp(proxy.port(), "roaming", MillraceProcess.PUBLISH_KEY));
        UnderValidation watched = Waiting.watch(server, "roaming")) {
      long next = media(server).nextSequence();

      proxy.becomeBlackHole();
      try (FfmpegPublisher back = FfmpegPublisher.reconnecting(server.rtmp("roaming"))) {
        Waiting.within(AT_ONCE).until(back::accepted);

        Waiting.within(SEVERAL_SEGMENTS).until(() -> Waiting.hasFetchedBehindABreak(watched));
        MediaPlaylist now = media(server);
        assertThat(now.segments().stream().filter(Segment::discontinuity)).hasSize(1);
        assertThat(now.nextSequence()).isGreaterThan(next);
        assertThat(now.ended()).isFalse();
        assertThat(watched.walker().violations()).isEmpty();
        assertThat(lost.program().isAlive()).as("the lost one still believes").isTrue();
      }
    }
  }

  private static MediaPlaylist media(MillraceProcess server) {
    return Waiting.media(server, "roaming").orElseThrow();
  }
}
