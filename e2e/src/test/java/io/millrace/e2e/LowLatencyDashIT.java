package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.validator.walk.DashWalker;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DASH at the live edge: segments are played while they grow. */
class LowLatencyDashIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int SAMPLES = 20;

  /** A busy machine starts one player in another way than the other. */
  private static final Duration ROOM = Duration.ofMillis(1500);

  @TempDir private Path folder;

  @Test
  void aPlayerIsAsCloseToTheEdgeAsWithHls() {
    Path clip = encode();
    try (MillraceProcess server =
            MillraceProcess.serve(folder.resolve("data"), Ports.free(), Map.of());
        FfmpegPublisher _ = FfmpegPublisher.looping(clip, server.rtmp("near"))) {
      Waiting.untilPlayable(server, "near");
      URI manifest = server.http("/play/live/near/low-latency.mpd");
      Map<String, URI> addresses = Map.of("dash", manifest, "hls", server.playlist("near"));
      try (DashWalker walker = DashWalker.follow(manifest);
          BrowserPlayers players = BrowserPlayers.play(addresses)) {
        Waiting.within(DEADLINE)
            .until(
                () -> {
                  players.mustLive();
                  return seen(players, "dash").seconds() > 0
                      && seen(players, "dash").behind().isPositive()
                      && seen(players, "hls").behind().isPositive();
                });
        List<Duration> dash = new ArrayList<>();
        List<Duration> hls = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
          // A rate, nothing to wait for.
          LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
          dash.add(seen(players, "dash").behind());
          hls.add(seen(players, "hls").behind());
        }
        String words =
            "DASH %s ms, HLS %s ms behind; %s"
                .formatted(
                    median(dash).toMillis(),
                    median(hls).toMillis(),
                    seen(players, "dash").everything());
        assertThat(seen(players, "dash").problems()).as(words).isEmpty();
        // A segment lasts two seconds: who waited for whole ones would be further behind than that.
        assertThat(median(dash)).as(words).isLessThan(median(hls).plus(ROOM));
        Waiting.keptTheRules(walker);
      }
    }
  }

  private static BrowserPlayers.Seen seen(BrowserPlayers players, String stream) {
    return Objects.requireNonNull(players.of(stream).get("shaka"));
  }

  private static Duration median(List<Duration> durations) {
    return durations.stream().sorted().toList().get(durations.size() / 2);
  }

  /** Groups of two seconds. */
  private Path encode() {
    Path file = folder.resolve("source.flv");
    Ffmpeg.run(
            DEADLINE,
            ("-f lavfi -i testsrc2=s=320x180:r=24:d=60 -f lavfi -i sine=d=60:r=48000"
                    + " -c:v libx264 -preset ultrafast -tune zerolatency -g 48 -keyint_min 48"
                    + " -sc_threshold 0 -c:a aac -y "
                    + file)
                .split(" "))
        .orFail();
    return file;
  }
}
