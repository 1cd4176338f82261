package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.FrameHashes;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.FfmpegPublisher;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import io.millrace.testkit.program.Tools;
import io.millrace.validator.walk.DashWalker;
import io.millrace.validator.walk.HlsWalker;
import io.millrace.validator.walk.MediaPlaylistWalk;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The real clip goes in over RTMP and comes out over HLS, whole and bit-exact. */
@Execution(ExecutionMode.CONCURRENT)
@Order(2)
class LiveChannelIT {
  private static final Duration CLIP = Duration.ofSeconds(30);
  private static final Duration END = CLIP.plusSeconds(40);

  /** The clip's sound begins a packet before time 0, and GStreamer sends that one at 0. */
  private static final int BEFORE_ZERO = 1;

  /** Of AAC with one channel. */
  private static final int SILENT_BYTES = 4;

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
  void everyFrameAndPacketThatFfmpegPushesComesOutOfCmafAndMpegTsBitExact() throws Exception {
    Map<String, String> settings =
        Map.of("MILLRACE_INGEST_END_GRACE", "2s", "MILLRACE_PACKAGER_CONTAINER", "ts");
    Path data = folder.resolve("transport-data");
    try (MillraceProcess transport = MillraceProcess.serve(data, Ports.free(), settings);
        FfmpegPublisher toCmaf = FfmpegPublisher.once(server.rtmp("ffmpeg"));
        FfmpegPublisher toTs = FfmpegPublisher.once(transport.rtmp("ffmpeg"));
        HlsWalker cmaf = Waiting.follow(server, "ffmpeg");
        DashWalker dash = Waiting.followManifest(server, "ffmpeg");
        HlsWalker ts = Waiting.follow(transport, "ffmpeg");
        Player ofCmaf = new Player(server.playlist("ffmpeg"), notes("cmaf"));
        Player ofTs = Player.ofTransportStream(transport.playlist("ffmpeg"), notes("ts"))) {
      comesOutBitExact(toCmaf, cmaf, ofCmaf);
      Waiting.within(Duration.ofSeconds(20)).until(dash::ended);
      Waiting.keptTheRules(dash);
      comesOutOfTheManifestBitExact(Waiting.manifest(server, "ffmpeg"));
      comesOutBitExact(toTs, ts, ofTs);
    }
  }

  private static void comesOutBitExact(FfmpegPublisher publisher, HlsWalker walker, Player player) {
    player.awaitEnd(END);
    Waiting.within(Duration.ofSeconds(20)).until(walker::ended);
    assertThat(publisher.program().await(Duration.ofSeconds(20)).exitCode())
        .as(publisher.words())
        .isZero();

    player.playedTheWholeClip();
    assertThat(walker.violations()).isEmpty();
    assertThat(Waiting.warnings(walker)).isEmpty();
  }

  private static void comesOutOfTheManifestBitExact(URI manifest) throws IOException {
    try (Player player = Player.ofManifest(manifest, notes("dash"))) {
      player.awaitEnd(END);
      player.playedTheWholeClip();
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

      firstPlayer.playedTheWholeClip(BEFORE_ZERO);
      secondPlayer.playedTheWholeClip(BEFORE_ZERO);
      assertThat(first.violations()).isEmpty();
      assertThat(Waiting.warnings(first)).isEmpty();
      assertThat(second.violations()).isEmpty();
      assertThat(Waiting.warnings(second)).isEmpty();

      playsWithoutHoles(viewer);
      try (Program ended = GStreamer.play(server.http("/play/live/librtmp/manifest.mpd"))) {
        playsWithoutHoles(ended);
      }
    }
  }

  /** Where it starts is its own affair; from there on no segment may be missing. */
  private static void playsWithoutHoles(Program viewer) {
    Program.Result played = viewer.await(END);
    assertThat(played.errors()).doesNotContain("ERROR");
    isWithoutHoles(GStreamer.pictures(played.text()));
    isWithoutHoles(GStreamer.sound(played.text()));
  }

  /**
   * HLS B9, M1: for longer than new viewers are asked to wait for it, with pictures all the while.
   */
  @Test
  void soundThatWasAwayIsHeardAgainByWhoWasThereAndByWhoComesLater() throws Exception {
    String source = notes("away").resolve("source.flv").toString();
    Ffmpeg.run(
            END,
            ("-f lavfi -i testsrc2=s=160x90:r=25:d=44 -f lavfi -i sine=d=44:r=48000"
                    + " -c:v libx264 -preset ultrafast -g 50 -c:a aac -y "
                    + source)
                .split(" "))
        .orFail();
    List<String> silenced = List.of("-bsf:a", "noise=drop=gt(pts*tb\\,4)*lt(pts*tb\\,37)");
    List<String> published = new ArrayList<>(List.of("-re", "-i", source, "-c", "copy"));
    published.addAll(silenced);
    published.addAll(List.of("-max_interleave_delta", "100000", "-f", "flv", server.rtmp("away")));
    List<String> sent = new ArrayList<>(List.of("-i", source));
    sent.addAll(silenced);
    FrameHashes packets = FrameHashes.audioPackets(END, sent);
    List<String> played =
        List.of("-live_start_index", "0", "-i", server.playlist("away").toString());

    try (Program publisher = Ffmpeg.start(published);
        HlsWalker walker = Waiting.follow(server, "away");
        Program viewer = Ffmpeg.start(listening(played))) {
      publisher.await(END).orFail();
      String heard = viewer.await(END).orFail().text();
      Waiting.within(Duration.ofSeconds(40)).until(walker::ended);

      isWhatWasSentAroundSilence(FrameHashes.parse(heard), packets);
      isWhatWasSentAroundSilence(FrameHashes.audioPackets(END, played), packets);
      assertThat(walker.violations()).isEmpty();
      for (MediaPlaylistWalk walk : walker.walks()) {
        assertThat(walk.latest().segments())
            .noneMatch(segment -> segment.discontinuity() || segment.gap());
      }
    }
  }

  /** The time that the sound is away is full of frames in which nothing is heard. */
  private static void isWhatWasSentAroundSilence(FrameHashes heard, FrameHashes sent) {
    List<String> sound =
        heard.entries().stream()
            .filter(packet -> packet.size() != SILENT_BYTES)
            .map(FrameHashes.Entry::md5)
            .toList();
    assertThat(sound).isEqualTo(sent.md5s());
    assertThat(heard.entries().size() - sound.size()).isBetween(1520, 1550);
  }

  private static List<String> listening(List<String> input) {
    List<String> arguments = new ArrayList<>(input);
    arguments.addAll(List.of("-map", "0:a:0", "-c", "copy", "-f", "framemd5", "-"));
    return arguments;
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
