package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.hls.HlsWalker;
import io.millrace.testkit.hls.MediaPlaylist;
import io.millrace.testkit.hls.MediaPlaylistWalk;
import io.millrace.testkit.hls.Segment;
import io.millrace.testkit.program.Answer;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed while three streams are on air, and started again. */
class RestartIT {
  private static final List<String> STREAMS = List.of("one", "two", "three");
  private static final Map<String, String> SETTINGS = Map.of("MILLRACE_PACKAGER_WINDOW", "120s");

  @TempDir private Path data;
  private final Ports ports = Ports.free();
  private final List<FfmpegPublisher> publishers = new ArrayList<>();
  private final List<HlsWalker> walkers = new ArrayList<>();

  @AfterEach
  void close() {
    walkers.forEach(HlsWalker::close);
    publishers.forEach(FfmpegPublisher::close);
  }

  @Test
  void playlistsGoOnByTheRulesAndNothingAcknowledgedIsLost() {
    try (MillraceProcess first = MillraceProcess.serve(data, ports, SETTINGS)) {
      STREAMS.forEach(name -> publishers.add(FfmpegPublisher.reconnecting(first.rtmp(name))));
      STREAMS.forEach(name -> walkers.add(Waiting.follow(first, name)));
      Waiting.within(Duration.ofSeconds(40))
          .until(() -> walkers.stream().allMatch(walker -> segments(walker).size() >= 3));

      first.killHard();
      Waiting.within(Duration.ofSeconds(2))
          .untilAsserted(() -> assertThat(MillraceProcess.processesUsing(data)).isEmpty());
    }
    List<List<MediaPlaylistWalk.Fetched>> before =
        walkers.stream().map(RestartIT::segments).toList();

    try (MillraceProcess second = MillraceProcess.serve(data, ports, SETTINGS)) {
      Waiting.within(Duration.ofSeconds(40))
          .until(
              () ->
                  walkers.stream()
                      .allMatch(
                          walker ->
                              latest(walker).segments().stream()
                                  .anyMatch(
                                      segment ->
                                          segment.discontinuity() && segment.sequence() > 0)));
      for (int i = 0; i < STREAMS.size(); i++) {
        MediaPlaylist now = latest(walkers.get(i));
        // One reconnect is one discontinuity (HLS D9), and numbers go on (HLS B4, by the walker).
        assertThat(now.segments().stream().filter(Segment::discontinuity)).hasSize(1);
        assertThat(walkers.get(i).violations()).as(STREAMS.get(i)).isEmpty();
        stillThere(second, walkers.get(i), before.get(i));
      }
      assertThat(second.stop().exitCode()).as(second.log()).isZero();
      assertThat(MillraceProcess.processesUsing(data)).isEmpty();
    }
  }

  /** Everything but the last segment, which may have been on its way to the store. */
  private static void stillThere(
      MillraceProcess server, HlsWalker walker, List<MediaPlaylistWalk.Fetched> before) {
    URI playlist = walker.walks().getFirst().uri();
    List<Segment> listed = latest(walker).segments();
    for (MediaPlaylistWalk.Fetched fetched : before) {
      Segment segment = fetched.segment();
      assertThat(listed).extracting(Segment::sequence).contains(segment.sequence());
      boolean gap = listed.stream().anyMatch(s -> s.sequence() == segment.sequence() && s.gap());
      if (!gap) {
        assertThat(server.fetch(playlist.resolve(segment.uri())).map(Answer::status)).contains(200);
      } else {
        assertThat(segment.sequence())
            .as("only the newest segment may be unconfirmed")
            .isEqualTo(before.getLast().segment().sequence());
      }
    }
  }

  private static List<MediaPlaylistWalk.Fetched> segments(HlsWalker walker) {
    return walker.walks().getFirst().segments();
  }

  private static MediaPlaylist latest(HlsWalker walker) {
    return walker.walks().getFirst().latest();
  }
}
