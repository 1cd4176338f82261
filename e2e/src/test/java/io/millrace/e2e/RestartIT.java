package io.millrace.e2e;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.UnderValidation;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.validator.Rule;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.walk.DashWalker;
import io.millrace.validator.walk.HlsWalker;
import io.millrace.validator.walk.MediaPlaylistWalk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed while three streams are on air, and started again. */
@Order(1)
class RestartIT {
  private static final List<String> STREAMS = List.of("one", "two", "three");
  private static final Map<String, String> SETTINGS = Map.of("MILLRACE_PACKAGER_WINDOW", "120s");

  @TempDir private Path data;
  private final Ports ports = Ports.free();
  private final List<FfmpegPublisher> publishers = new ArrayList<>();
  private final List<UnderValidation> watched = new ArrayList<>();
  private final List<DashWalker> manifests = new ArrayList<>();

  @AfterEach
  void close() {
    watched.forEach(one -> one.walker().close());
    manifests.forEach(DashWalker::close);
    publishers.forEach(FfmpegPublisher::close);
  }

  @Test
  void playlistsGoOnByTheRulesAndNothingAcknowledgedIsLost() {
    try (MillraceProcess first = MillraceProcess.serve(data, ports, SETTINGS)) {
      STREAMS.forEach(name -> publishers.add(FfmpegPublisher.reconnecting(first.rtmp(name))));
      // Parts are in memory alone, and a kill takes them (HLS L9).
      STREAMS.forEach(name -> watched.add(Waiting.watch(first, name).excusing(Rule.L9)));
      STREAMS.forEach(name -> manifests.add(Waiting.followManifest(first, name)));
      Waiting.within(Duration.ofSeconds(40))
          .until(() -> watched.stream().allMatch(one -> segments(one.walker()).size() >= 3));

      first.killHard();
      Waiting.within(Duration.ofSeconds(2))
          .untilAsserted(() -> assertThat(MillraceProcess.processesUsing(data)).isEmpty());
    }
    List<List<MediaPlaylistWalk.Fetched>> before =
        watched.stream().map(one -> segments(one.walker())).toList();

    try (MillraceProcess second = MillraceProcess.serve(data, ports, SETTINGS)) {
      for (String name : STREAMS) {
        // HLS D9: a viewer who looks in the meantime finds the playlist, not a 404.
        assertThat(Waiting.media(second, name)).as(name).isPresent();
      }
      Waiting.within(Duration.ofSeconds(60))
          .until(() -> watched.stream().allMatch(Waiting::hasFetchedBehindABreak));
      // DASH P2: another writer begins a period.
      Waiting.within(Duration.ofSeconds(20))
          .until(() -> manifests.stream().allMatch(one -> one.latest().periods().size() > 1));
      manifests.forEach(Waiting::keptTheRules);
      for (int i = 0; i < STREAMS.size(); i++) {
        MediaPlaylist now = latest(watched.get(i).walker());
        // One reconnect is one discontinuity (HLS D9), and numbers go on (HLS B4, by the walker).
        assertThat(now.segments().stream().filter(Segment::discontinuity)).hasSize(1);
        watched.get(i).close();
        try (HlsWalker afterwards = Waiting.follow(second, STREAMS.get(i))) {
          Waiting.within(Duration.ofSeconds(20)).until(afterwards::sawAll);
          stillThere(afterwards, before.get(i), STREAMS.get(i));
        }
      }
      // 0, or what a JVM says after a stop by SIGTERM: 128 + 15.
      assertThat(second.stop().exitCode()).as(second.log()).isZero();
      assertThat(MillraceProcess.processesUsing(data)).isEmpty();
    }
  }

  /**
   * Whatever was seen before the kill has the same bytes after it; only the newest segment may have
   * been on its way to the store, and is a gap then.
   */
  static void stillThere(
      HlsWalker afterwards, List<MediaPlaylistWalk.Fetched> before, String stream) {
    assertThat(afterwards.violations()).as(stream).isEmpty();
    Map<Long, MediaPlaylistWalk.Fetched> now =
        segments(afterwards).stream()
            .collect(toMap(fetched -> fetched.segment().sequence(), identity()));
    for (MediaPlaylistWalk.Fetched fetched : before) {
      long sequence = fetched.segment().sequence();
      boolean gap =
          latest(afterwards).segments().stream()
              .anyMatch(segment -> segment.sequence() == sequence && segment.gap());
      if (gap) {
        assertThat(sequence)
            .as("only the newest segment may be unconfirmed")
            .isEqualTo(before.getLast().segment().sequence());
      } else {
        assertThat(now).containsKey(sequence);
        assertThat(now.get(sequence).sha256())
            .as(stream + " " + sequence)
            .isEqualTo(fetched.sha256());
      }
    }
  }

  static List<MediaPlaylistWalk.Fetched> segments(HlsWalker walker) {
    return walker.walks().getFirst().segments();
  }

  private static MediaPlaylist latest(HlsWalker walker) {
    return walker.walks().getFirst().latest();
  }
}
